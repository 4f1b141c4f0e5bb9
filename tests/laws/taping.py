"""Several uses of one tape, twice: as a model that can be read in a minute, and as the real thing.

The model is vcrpy's meaning of the record modes, written down a second time and without the player's table. The real
thing is `use_cassette` around real clients, in this process or in processes of their own, before an upstream that
numbers its answers: what is played and what is asked anew can be told apart by the number.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import multiprocessing
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp
import httpx

from harness import Cassette, Interaction, Request, Response, load_cassette, use_cassette
from harness.disk.cassettes import read_tape
from harness.errors import CassetteMiss, NothingRecordedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

MODES = ("none", "once", "new_episodes", "all")
PATIENCE_S = 50


# The model ------------------------------------------------------------------------------------------------------------


class Taped(NamedTuple):
    """One exchange on a tape."""

    question: int
    answer: str


class Tape(NamedTuple):
    """What is in the file, and what a killed recorder left beside it."""

    written: tuple[Taped, ...] = ()
    left: tuple[Taped, ...] = ()

    @property
    def readable(self) -> tuple[Taped, ...]:
        return self.written + self.left


class Use:
    """One use of a tape: what it found there, and what it has done since."""

    def __init__(self, mode: str, found: Sequence[Taped]) -> None:
        self.mode = mode
        self.found = tuple(found)
        self.asked: list[int] = []
        self.recorded: list[Taped] = []

    @property
    def records(self) -> bool:
        return self.mode in ("new_episodes", "all") or (self.mode == "once" and not self.found)

    def answer(self, question: int, live: str) -> tuple[str, bool]:
        """What the client is told, and whether the upstream was asked for it; its answer would be *live*."""
        played = [each.answer for each in self.found if each.question == question]
        turn = self.asked.count(question)
        self.asked.append(question)
        if self.mode != "all" and turn < len(played):
            return played[turn], False
        if not self.records:
            return f"refused: {self._why(question)}", False
        self.recorded.append(Taped(question, live))
        return live, True

    def _why(self, question: int) -> str:
        if not self.found:
            return "no-recording"
        return "already-played" if question in {each.question for each in self.found} else "no-match"

    def closed(self, tape: Tape, *, failed: bool = False) -> Tape:
        """The tape after this use of it, which others may have written to meanwhile."""
        replaces = self.mode == "all"
        if not self.records or (replaces and failed and self.found):
            return tape
        if replaces and self.recorded:
            return Tape(tuple(self.recorded))
        return Tape((*tape.readable, *self.recorded))

    def farewell(self, *, failed: bool) -> str:
        """What the caller is told at the end."""
        return "nothing passed" if not (failed or self.asked) else ""


# The real thing -------------------------------------------------------------------------------------------------------


class Upstream(ThreadingHTTPServer):
    """Answers with the number of the answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answered = 0
        self.url = f"http://127.0.0.1:{self.server_address[1]}/ask"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Upstream

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answered += 1
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (b"data: answer ", b"%d\n\n" % self.server.answered):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def _ask_with_httpx(url: str, question: int) -> str:
    with httpx.Client(trust_env=False, verify=False) as client:
        return client.post(url, json={"question": question}).text


def _ask_with_aiohttp(url: str, question: int) -> str:
    async def ask() -> str:
        async with aiohttp.ClientSession() as session:
            async with session.post(url, json={"question": question}) as response:
                return await response.text()

    return asyncio.run(ask())


CLIENTS = {"httpx": _ask_with_httpx, "aiohttp": _ask_with_aiohttp}


class Here:
    """A user of tapes in this process, in a context of its own, as a task has one."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._context = contextvars.copy_context()
        self._use: use_cassette | None = None

    def open(self, tape: str, mode: str) -> None:
        self._use = use_cassette(tape, mode=mode)
        self._context.run(self._use.__enter__)

    def ask(self, question: int, client: str) -> str:
        try:
            told = self._context.run(CLIENTS[client], self._url, question)
        except CassetteMiss as miss:
            return f"refused: {miss.reason}"
        return told.removeprefix("data: ").removesuffix("\n\n")

    def close(self, failed: bool) -> str:
        error = RuntimeError("the caller's own") if failed else None
        assert self._use is not None  # it was opened
        try:
            self._context.run(self._use.__exit__, error and RuntimeError, error, None)
        except NothingRecordedError:
            return "nothing passed"
        return ""


class Elsewhere:
    """The same in a process of its own, which can be killed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.start()

    def start(self) -> None:
        self._pipe, theirs = _PROCESSES.Pipe()
        self._process = _PROCESSES.Process(target=_work, args=(theirs, self._url), daemon=True)
        self._process.start()
        theirs.close()

    def open(self, tape: str, mode: str) -> None:
        self.tell("open", tape, mode)
        self.told()

    def ask(self, question: int, client: str) -> str:
        self.tell("ask", question, client)
        return self.told()

    def close(self, failed: bool) -> str:
        self.tell("close", failed)
        return self.told()

    def tell(self, *what: object) -> None:
        self._pipe.send(what)

    def told(self) -> Any:
        assert self._pipe.poll(PATIENCE_S), "the process does not answer"
        return self._pipe.recv()

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()


_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])  # so that a process is there in a moment, not in half a second


def _work(pipe: Connection, url: str) -> None:
    seat = Here(url)
    with suppress(EOFError):  # nobody is there any more
        while True:
            name, *arguments = pipe.recv()
            pipe.send(getattr(seat, name)(*arguments))


def tape_of(questions: Sequence[int]) -> Cassette:
    """A tape that was there before anybody came."""
    return Cassette(
        tuple(
            Interaction(
                Request("POST", "http://127.0.0.1/ask", (), json.dumps({"question": question}).encode()),
                Response(200, "OK", (), b"data: before %d\n\n" % number),
            )
            for number, question in enumerate(questions)
        )
    )


def tape_at(path: Path) -> Tape:
    """What is really there."""
    written = taped(read_tape(path))
    readable = taped(load_cassette(path, missing_ok=True))
    assert readable[: len(written)] == written
    return Tape(written, readable[len(written) :])


def taped(cassette: Cassette | None) -> tuple[Taped, ...]:
    interactions = cassette.interactions if cassette is not None else ()
    return tuple(
        Taped(json.loads(each.request.body)["question"], each.response.body.decode()[6:-2])
        for each in interactions
    )
