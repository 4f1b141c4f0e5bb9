"""Vitalentum: a profile (`profile.toml`) and the one thing data cannot say, messages to conversation and
back.
"""

from harness.upstreams.vitalentum.conversation import decode_conversation, encode_conversation

__all__ = ["decode_conversation", "encode_conversation"]
