"""Edge: files. Cassettes, the journal of a recording under way, schema documents. Old content is replaced
whole or not at all.
"""
