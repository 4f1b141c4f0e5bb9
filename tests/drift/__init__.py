"""Tests of the room `drift`."""
