"""Recordings as values: bytes as they came, in pieces, with times and an ending; no files, sockets or clocks
in this room.

`model` says what a cassette is, `format` how it is written down, `redact` what is never written down, `match`
and `player` which recording answers a request, `framing` how its bytes are handed out again.
"""
