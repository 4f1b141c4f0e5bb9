"""The fault catalogue: what disks, clocks, upstreams and clients do to a recorder and a replayer.

Each fault has a number, F01 to F60; `docs/reference/faults.md` says of each what is promised and which test holds
us to it. The property is the same everywhere: the caller's stream is as without us, what had arrived is kept with
a truthful ending, the old tape is whole, an error is the client's own or one of the house, and nothing hangs.
"""
