"""What a streamed reply means: messages that go up, events that come down, and what may follow what.

Values and one table. Nothing here knows an upstream, a byte or a clock.
"""
