"""`harness doctor`: what this installation can do, and where each setting comes from."""

from __future__ import annotations

import os
import platform
import re
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import msgspec

import harness
from harness.cli.command import command as command_
from harness.cli.options import Output, output
from harness.cli.reporting import emit
from harness.cli.status import Status
from harness.disk.settings import Setting, read_settings, severities
from harness.disk.upstreams import know_upstreams, own_upstreams
from harness.errors import UsageError
from harness.report import Format
from harness.report.document import json_text
from harness.report.visible import visible
from harness.upstreams.registry import upstream_names

EXAMPLES = ("harness doctor", "harness doctor --format json")
DISTRIBUTION = "stream-harness"
REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)[^;]*(?:;.*extra == ['\"](?P<extra>[\w-]+)['\"])?")

LIMITS: dict[str, tuple[str, str]] = {
    "a cassette file": ("harness.cassette.format", "MAX_FILE"),
    "a recorded body": ("harness.disk.tape", "MAX_BODY"),
    "pieces of a body": ("harness.cassette.frames", "MAX_FRAMES"),
    "a line of a stream": ("harness.sse.parser", "MAX_LINE"),
    "an event": ("harness.sse.parser", "MAX_EVENT"),
    "a stream": ("harness.sse.parser", "MAX_STREAM"),
    "a request served": ("harness.net.listener", "MAX_BODY"),
}
"""What is limited, and where the number stands. Bytes, but for the pieces."""


class Package(msgspec.Struct, frozen=True):
    """A package that this one asks for: always, or for the named extra. `found` is its version here."""

    name: str
    extra: str | None
    found: str | None


@command_("doctor", examples=EXAMPLES)
@output(Format.TEXT, Format.JSON)
def command(output: Output) -> int:
    """Say what this installation can do, and each setting with its origin."""
    problem, settings = _settings()
    if output.format is Format.JSON:
        emit(json_text(_document(settings, problem), indent=2), output)
    else:
        emit("\n".join(_lines(settings, problem)) + "\n", output)
    missing = [package for package in _packages() if package.extra is None and package.found is None]
    return Status.USAGE if problem or missing else Status.CLEAN


def _settings() -> tuple[str | None, dict[str, Setting]]:
    """What is wrong with the settings, or an upstream they name, if anything is; the settings, if they can be read."""
    settings: dict[str, Setting] = {}
    try:
        settings = read_settings(Path.cwd(), os.environ)
        know_upstreams(Path.cwd(), os.environ)
        _check_severities()
    except UsageError as error:
        return str(error), settings
    return None, settings


def _check_severities() -> None:
    """Raise UsageError for a severity of a rule that does not exist, or may not have another one."""
    if levels := severities(Path.cwd(), os.environ):
        from harness.drift.weigh import check_levels

        check_levels(levels)


def _lines(settings: dict[str, Setting], problem: str | None) -> list[str]:
    lines = [f"harness {harness.__version__} on Python {platform.python_version()}, {platform.system()}"]
    lines += ["", "Packages", *map(_package_line, _packages())]
    lines += ["", "Upstreams", *map(_upstream_line, upstream_names())]
    lines += ["", "Limits", *(f"  {what:<20} {most:,}" for what, most in _limits().items())]
    lines += ["", "Settings", *(_setting_line(name, setting) for name, setting in settings.items())]
    return lines + [f"  {visible(line)}" for line in (problem or "").splitlines()]


def _package_line(package: Package) -> str:
    if package.found:
        return f"  {package.name:<14} {package.found}"
    if package.extra:
        return f"  {package.name:<14} not there; for it: pip install '{DISTRIBUTION}[{package.extra}]'"
    return f"  {package.name:<14} missing, and needed: install {DISTRIBUTION} again"


def _upstream_line(name: str) -> str:
    return f"  {name:<20} {visible(_origin(name))}"


def _origin(name: str) -> str:
    """Where an upstream comes from."""
    own = own_upstreams().get(name)
    return str(own.folder) if own else "comes with harness"


def _setting_line(name: str, setting: Setting) -> str:
    value = ", ".join(setting.value) if isinstance(setting.value, tuple) else _word(setting.value)
    origin = f"{setting.origin}: {setting.where}" if setting.where else setting.origin
    return f"  {name:<14} {visible(value):<14} {visible(origin)}"


def _word(value: object) -> str:
    return "-" if value is None else str(value)


def _document(settings: dict[str, Setting], problem: str | None) -> dict[str, object]:
    return {
        "version": harness.__version__,
        "python": platform.python_version(),
        "packages": [msgspec.structs.asdict(package) for package in _packages()],
        "upstreams": {name: _origin(name) for name in upstream_names()},
        "limits": _limits(),
        "settings": {name: msgspec.structs.asdict(setting) for name, setting in settings.items()},
        "problem": problem,
    }


def _packages() -> list[Package]:
    """What the installed metadata asks for; nothing where this package runs without having been installed."""
    try:
        asked = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        return []
    found = [match for line in asked if (match := REQUIREMENT.match(line))]
    return [Package(match["name"], match["extra"], _version(match["name"])) for match in found]


def _limits() -> dict[str, int]:
    return {what: int(getattr(import_module(module), name)) for what, (module, name) in LIMITS.items()}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
