"""Tests are twins: harness/sse/parser.py has tests/sse/test_parser.py. CONTRIBUTING.md says where a new one goes."""
