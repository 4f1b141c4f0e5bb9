"""Clients of the upstreams: what users call, and what our own tests drive. An edge: opens connections, reads
clocks.
"""
