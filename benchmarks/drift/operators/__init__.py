"""Changes of a service, a table for each layer: what is changed, and what a tool should say of it.

Severities are those of a catalogue of 37 kinds of change, drawn from what broke real clients. Places are those of the
page on findings; where two are as good, both are listed. A module holds its table at its end, and before it the
changes that need more than a line.
"""

from benchmarks.drift.operators.chunk import CHUNK
from benchmarks.drift.operators.error import ERROR
from benchmarks.drift.operators.framing import FRAMING
from benchmarks.drift.operators.request import REQUEST
from benchmarks.drift.operators.sequence import SEQUENCE
from benchmarks.drift.operators.timing import TIMING
from benchmarks.drift.operators.transport import TRANSPORT

OPERATORS = (*REQUEST, *TRANSPORT, *FRAMING, *CHUNK, *SEQUENCE, *ERROR, *TIMING)

__all__ = ["OPERATORS"]
