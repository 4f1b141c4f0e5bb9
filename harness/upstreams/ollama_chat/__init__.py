"""Ollama's chat: a profile (`profile.toml`), and no code."""
