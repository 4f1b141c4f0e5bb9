"""How well drift is told from the ordinary: `python -m benchmarks.drift`. See README.md."""
