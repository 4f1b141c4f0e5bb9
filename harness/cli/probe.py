"""`harness drift --live`: the recorded questions are asked again. Its options, its progress, and what came of it."""

from __future__ import annotations

import asyncio
import functools
import math
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from harness.cassette.interaction import Headers, Interaction
from harness.cli.options import Command, Duration, File, setting
from harness.cli.screen import say
from harness.cli.showing import Recording, recordings
from harness.disk.cassettes import load_cassette
from harness.errors import UsageError
from harness.report.context import counted
from harness.upstreams.registry import get_upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.drift.probe import Plan, Question, Recorded
    from harness.finding import Report
    from harness.net.probe import Probed
    from harness.upstreams.upstream import Upstream

_USER_INFO = re.compile(r"(?<=//)[^/?#]*@")


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """What the options of a live probe say."""

    base_url: str | None
    headers: Headers
    out: Path | None
    rate: float
    budget: int
    retries: int
    repeat: int
    timeout: float


class HeaderLine(click.ParamType[tuple[str, str]]):
    """`name: value`. In the environment there may be several, a line each."""

    name = "header"
    envvar_list_splitter = "\n"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """The two parts. What is wrong with a line is said without showing it: it may be a key."""
        if isinstance(value, tuple):
            return value
        name, colon, content = str(value).partition(":")
        if not colon or not name.strip() or not content.isprintable():
            self.fail("a header is written as 'name: value'", param, ctx)
        return name.strip(), content.strip()


class Positive(click.FloatRange):
    """A rate above zero, `inf` among them. What is no number is refused: no clock could keep to it."""

    def __init__(self) -> None:
        super().__init__(0, min_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is no number above zero.", param, ctx)
        return number


OPTIONS = (
    click.option("--live", is_flag=True, help="Ask the recorded questions again, at --base-url."),
    setting("--base-url", metavar="URL", help="Where to ask; the upstream's own address by default."),
    click.option(
        "--header",
        "headers",
        type=HeaderLine(),
        multiple=True,
        envvar="HARNESS_HEADER",
        show_envvar=True,
        metavar="LINE",
        help='Sent, and never kept: "authorization: Bearer $KEY". Repeatable.',
    ),
    click.option("--out", type=File(), metavar="DIR", help="Keep the answers there, a cassette each."),
    click.option(
        "--rate",
        type=Positive(),
        default=20,
        show_default=True,
        help="Requests a minute, at most.",
    ),
    click.option(
        "--budget", type=click.IntRange(1), default=50, show_default=True, help="Requests in all, at most."
    ),
    click.option(
        "--retries",
        type=click.IntRange(0),
        default=2,
        show_default=True,
        help="Tries more where there is no answer.",
    ),
    click.option(
        "--repeat", type=click.IntRange(1), default=1, show_default=True, help="Ask each question so often."
    ),
    click.option(
        "--timeout",
        type=Duration(),
        default=60,
        show_default=True,
        help="Seconds to wait for the next piece of an answer.",
    ),
)


def live_options(command: Command) -> Command:
    """The options of a live probe, handed to the command as one value named `live`; None without `--live`."""

    @functools.wraps(command)
    def gathered(*args: Any, live: bool, **options: Any) -> Any:
        said = {name: options.pop(name) for name in Live.__struct_fields__}
        if not live and said["out"]:
            raise UsageError(
                "--out is where the answers of --live go.", help="add --live, or leave --out away"
            )
        return command(*args, live=Live(**said) if live else None, **options)

    made: Command = gathered
    for option in reversed(OPTIONS):
        made = option(made)
    return made


class Asking:
    """Questions to a live upstream, and the folder that gets the answers, a tape each."""

    def __init__(self, planned: Plan, folder: Path, live: Live, upstream: Upstream) -> None:
        self._planned, self._folder, self._live, self._upstream = planned, folder, live, upstream
        self._sent = self._answered = self._batches = 0
        self._stopped: str | None = None

    def settled(self, compare: Callable[[list[Interaction]], Report]) -> Report:
        """Ask, and compare the answers. What rests on chance is told only if a second batch of answers says it too.

        The report says how the asking went: one that was stopped is inconclusive.
        """
        from harness.drift.probe import confirmed, rests_on_chance, stopped

        report = compare(self._batch())
        size, why = len(self._planned.questions), self._stopped
        if why is None and rests_on_chance(report) and self._may_ask_more(size):
            report = confirmed(report, compare(self._batch()))
        asked = {"question": size, "request": self._sent, "answer": self._answered}
        told = msgspec.structs.replace(report, summary={**report.summary, **asked})
        return told if why is None else stopped(told, why, answered=self._answered, planned=size)

    @property
    def answers(self) -> list[Recording]:
        """All of them so far, with their tapes."""
        return recordings(self._folder, kept=self._live.out is not None) if self._answered else []

    def _may_ask_more(self, size: int) -> bool:
        if self._live.budget - self._sent >= size:
            say("Some of it may be chance: asking once more")
            return True
        say("Some of it may be chance, and the budget is too small to ask once more; --budget allows more")
        return False

    def _batch(self) -> list[Interaction]:
        from harness.drift.probe import numbered

        questions = numbered(self._planned.questions, after=self._batches * len(self._planned.questions))
        probed = asyncio.run(self._probe(questions))
        self._batches += 1
        self._sent += probed.sent
        self._answered += probed.answered
        self._stopped = probed.stopped
        if probed.stopped is not None:
            say(f"Stopped: {probed.stopped}")
        tapes = (self._folder / f"{question.name}.yaml" for question in questions)
        return [each for tape in tapes for each in load_cassette(tape, missing_ok=True).interactions]

    async def _probe(self, questions: tuple[Question, ...]) -> Probed:
        from harness.net.probe import Manners, probe

        live, last = self._live, (self._batches + 1) * len(questions)
        manners = Manners(
            per_minute=live.rate,
            budget=live.budget - self._sent,
            retries=live.retries,
            timeout_s=live.timeout,
        )
        if self._batches:
            await asyncio.sleep(60 / live.rate)
        tell = functools.partial(_say_answer, last)
        return await probe(questions, self._folder, upstream=self._upstream, manners=manners, tell=tell)


@contextmanager
def asking(baseline: Path, live: Live, upstream: str) -> Iterator[Asking]:
    """What is recorded at *baseline*, ready to be asked again. The answers are gone afterwards, unless a folder was
    named for them.
    """
    from harness.drift.probe import plan

    profile = get_upstream(upstream)
    base_url = live.base_url or profile.base_url
    planned = plan(
        recorded(baseline), profile, base_url, headers=live.headers, repeat=live.repeat, budget=live.budget
    )
    if live.out is not None:
        _refuse_among(live.out, baseline)
    _say_plan(planned, base_url)
    with _folder(live.out) as folder:
        yield Asking(planned, folder, live, profile)


def recorded(path: Path) -> Iterator[Recorded]:
    """Every exchange below *path*, with the name of its tape."""
    return ((Path(each.cassette).stem, each.interaction) for each in recordings(path))


def _refuse_among(out: Path, baseline: Path) -> None:
    """Answers among the old recordings would be compared with themselves."""
    if out.resolve().is_relative_to(baseline.resolve()):
        raise UsageError(
            "The answers would lie among the recordings that they are compared with.",
            where=str(out),
            expected=f"a folder outside of {baseline}",
            help="name another one, such as --out drift/2026-11-26",
        )


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    """Where the answers go: the folder that was named, empty as yet, or one that is gone afterwards."""
    if out is None:
        with tempfile.TemporaryDirectory(prefix="harness-probe-") as name:
            yield Path(name)
        return
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            "There is something already where the answers would go.",
            where=str(out),
            expected="a folder that is empty, or is not there yet",
            help="name another one, such as --out drift/2026-11-26",
        )
    out.mkdir(parents=True, exist_ok=True)
    try:
        yield out
    finally:
        say(f"The answers are kept: {out}")


def _say_plan(planned: Plan, base_url: str) -> None:
    asked = f"{counted(len(planned.questions), 'request')}, {counted(planned.distinct, 'question')} recorded"
    say(f"Asking again, at {_USER_INFO.sub('', base_url)}: {asked}")
    if planned.redacted:
        say(f"Left out: {counted(planned.redacted, 'question')} whose address or body had a credential")
    if planned.over_budget:
        say(f"Left out: {counted(planned.over_budget, 'request')} over the budget; --budget allows more")


def _say_answer(size: int, question: Question, answer: Interaction | str) -> None:
    number, _, name = question.name.partition("-")
    head = f"{int(number)}/{size} {name}"
    if isinstance(answer, str):
        say(f"{head}: no answer: {answer}")
        return
    response, stream = answer.response, answer.response.stream
    how = f", {counted(len(stream.frames), 'piece')}, {stream.end}" if stream is not None else ""
    say(f"{head}: {response.status}{how}")
