"""Schemas from recordings: what was seen, written down as a schema, compared with another, put into an OpenAPI document.

Values and documents only. What is seen is gathered in a monoid, so that recordings may come in any order and in any
parts, and only what it keeps stays in memory. `docs/adr/0018-schemas-from-recordings.md` says why it is like this.
"""
