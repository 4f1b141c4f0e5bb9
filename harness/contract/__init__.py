"""Does it fit? Requests, chunks, whole streams and error replies against the schemas and the stream grammar.

Pure: recordings, bytes and schema documents are handed in, findings are handed out. Reading the documents
from disk is `harness.disk.schemas`; `harness.validate` puts the two together.
"""
