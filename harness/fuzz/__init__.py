"""Inputs that nobody thought of: strategies for hypothesis, which is imported in this room and nowhere else."""

try:
    import hypothesis as _hypothesis  # noqa: F401 - asked for here, so that its absence is explained once
except ModuleNotFoundError as missing:
    raise ImportError(
        "harness.fuzz needs hypothesis, which is not installed.\n  help: pip install 'stream-harness[fuzz]'",
        name=missing.name,
    ) from missing

from . import strategies

__all__ = ["strategies"]
