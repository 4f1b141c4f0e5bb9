"""A server that speaks Vitalentum's protocol, without its socket: what it takes in, and what it says.

Pure: bytes and a seed in, a script of timed bytes out. The same seed and the same conversation give the same
script. `harness.net.standin` plays scripts over sockets.
"""
