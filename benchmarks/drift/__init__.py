"""How well is drift told from the ordinary? `python -m benchmarks.drift` writes docs/reference/drift-benchmark.md.

`corpus` makes exchanges that are still soft, `edits` change them, `operators` and `controls` are the tables of cases,
`tools` are those who look, `score` counts, `page` writes it down.
"""
