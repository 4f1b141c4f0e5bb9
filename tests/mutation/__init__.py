"""Would the tests notice? Mutation testing, a room at a time; the twin of it all is `tests/test_mutation.py`."""
