"""What moved upstream, how bad it is, and how sure we are. Recordings in, a report out; no clock, no file, no network.

`shape` says what recordings are like, `diff` what differs, `rules` how bad that is, `judge` what to say of it.
"""
