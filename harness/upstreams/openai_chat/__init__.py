"""OpenAI's chat completions: a profile (`profile.toml`), and no code."""
