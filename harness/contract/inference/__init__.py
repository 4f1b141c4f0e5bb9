"""Schemas from recordings: what was seen as a schema, what moved between two, and the OpenAPI document of an upstream.

Values and documents only. What is seen is gathered in a monoid, so that recordings may come in any order and in any
parts, and only what it keeps stays in memory. `docs/adr/0018-schemas-from-recordings.md` says why it is like this.
"""
