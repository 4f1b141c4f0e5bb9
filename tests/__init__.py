"""Tests are twins: harness/sse/parser.py has tests/sse/test_parser.py."""
