"""Anthropic's messages: a profile (`profile.toml`), and no code."""
