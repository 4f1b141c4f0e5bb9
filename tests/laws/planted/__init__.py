"""Bugs planted on purpose: parsers and encoders that are right but for one thing, for `harness fuzz` to find."""
