"""The child of `harness.disk.guided`: `python -m harness.disk.guided_child ORDER`, taken over by libFuzzer. An edge.

The code of the target's package is changed to report what it runs, so that libFuzzer can keep what leads somewhere
new; a function for which that fails stays as it is. What the target prints goes nowhere.
"""

from __future__ import annotations

import os
import random
import sys
import time
from contextlib import suppress
from types import FunctionType
from typing import TYPE_CHECKING, Any

import msgspec

from harness.disk.found import load_target, watch_for
from harness.disk.guided import SEED_SIZE, Order, Said
from harness.fuzz.bytewise import Harness
from harness.fuzz.laws import law_named
from harness.fuzz.targets import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from harness.fuzz.bytewise import Hit

TELL_EVERY = 0.2
"""Seconds between two numbers of examples."""

KEPT_LAW, KEPT_BODY = 0.5, 0.75
"""How many inputs in one are for the same law, and of the same bytes but for libFuzzer's change."""

OURS = {"parser": "harness.sse", "encoder": "harness.upstreams.vitalentum"}
"""Where the code of the targets that have a name stands."""


def main(order: str) -> None:
    """Fuzz as ordered. Ends the process: libFuzzer never comes back."""
    import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]

    teller = teller_for(msgspec.json.decode(order, type=Order), atheris.instrument_func)

    def change(data: bytes, most: int) -> bytes:
        changed: bytes = atheris.Mutate(data, most)  # Fuzz() puts another function there
        return changed

    atheris.Setup([sys.argv[0], *teller.order.flags], teller, custom_mutator=mutator(change))
    atheris.Fuzz()


def mutator(mutate: Callable[[bytes, int], bytes]) -> Callable[[bytes, int, int], bytes]:
    """How an input becomes the next: *mutate* is libFuzzer's own way, which sees code and knows nothing of laws.

    Most laws run the same code, so that left alone it stays with the few that ran it first. Hence half of the inputs
    are for another law, and a quarter begin anew.
    """

    def mutated(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)  # noqa: S311  # repeatable on purpose, nothing secret
        law = data[:1] if data and chance.random() < KEPT_LAW else chance.randbytes(1)
        body = data[1:]
        if not body or chance.random() >= KEPT_BODY:
            body = chance.randbytes(min(SEED_SIZE, most - 1))
        return law + mutate(body, most - 1)

    return mutated


def teller_for(order: Order, watched: Callable[[FunctionType], object]) -> Teller:
    """What libFuzzer calls; *watched* changes a function to report what it runs."""
    kind = Kind(order.kind)
    target = msgspec.structs.replace(load_target(order.target, kind), watch=watch_for(order.patience))
    for function in functions_of(package_of(order.target)):
        with suppress(
            Exception
        ):  # whatever its code looks like: without, the search is blind there and goes on
            watched(function)
    return Teller(Harness(target, [law_named(kind, law) for law in order.laws]), order)


def package_of(name: str) -> str:
    """What is looked into while a target runs: the package that its module stands in, or the module."""
    if name in OURS:
        return OURS[name]
    module = name.partition(":")[0]
    return module.rpartition(".")[0] or module


def functions_of(package: str) -> Iterator[FunctionType]:
    """The functions and methods of a package's modules, as far as they are imported."""
    modules = [module for name, module in sorted(sys.modules.items()) if f"{name}.".startswith(f"{package}.")]
    seen: set[int] = set()
    for value in (each for module in modules for each in _held(vars(module).values(), module.__name__)):
        if isinstance(value, FunctionType) and id(value) not in seen:
            seen.add(id(value))
            yield value


def _held(values: Iterable[Any], module: str) -> Iterator[Any]:
    """Those that were made in *module*, and what its classes hold."""
    for value in list(values):
        if getattr(value, "__module__", None) != module:
            continue
        yield value
        if isinstance(value, type):
            yield from (_bare(each) for each in vars(value).values())


def _bare(value: Any) -> Any:
    """The function of a method or a property."""
    return getattr(value, "__func__", None) or getattr(value, "fget", None) or value


class Teller:
    """Feeds the harness, and writes down what it says."""

    def __init__(self, harness: Harness, order: Order) -> None:
        self.order = order
        self._harness = harness
        self._current = os.open(order.current, os.O_CREAT | os.O_WRONLY, 0o600)
        self._calls = 0
        self._last = 0.0
        self._say(None)

    def __call__(self, data: bytes) -> None:
        self._calls += 1
        self._keep(data)
        hit = self._harness.feed(data)
        if hit or self._calls == self.order.runs or time.monotonic() - self._last > TELL_EVERY:
            self._say(hit)
        if hit and hit.hung:
            os._exit(0)

    def _keep(self, data: bytes) -> None:
        """The input to be, in a file: whoever ends this process, it can be read."""
        law = self._harness.law_of(data)
        kept = f"{law.name}\n".encode() + data[1:] if law else b""
        os.pwrite(self._current, len(kept).to_bytes(4, "big") + kept, 0)

    def _say(self, hit: Hit | None) -> None:
        self._last = time.monotonic()
        os.write(self.order.channel, msgspec.json.encode(Said(self._harness.seen(), hit)) + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
