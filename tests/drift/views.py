"""Views of two sets of documents, as the comparisons of fields get them."""

from __future__ import annotations

from harness import get_upstream
from harness.drift.notes import Notes
from harness.drift.shape import Fold
from harness.drift.view import View
from harness.drift.walk import Documents

PATHS = {
    "choices": "$.choices",
    "text": "$.choices[*].text",
    "index": "$.choices[*].n",
    "finish": "$.end",
    "id": "$.id",
    "created": "$.created",
    "model": "$.model",
}


def summed(streams, document="chunk", phase=""):
    """A summary of streams, each a list of documents."""
    fold = Fold()
    for documents in streams:
        notes, seen = Notes(), Documents(document, texts={"$.choices[*].text"})
        for each in documents:
            seen.add(each, phase)
        seen.note(notes)
        notes.add_to(fold)
    return fold.summary()


def phased(before, now):
    """What both say of chunks; each side is a list of streams, a stream pairs of a phase and a document."""
    sides = [Fold(), Fold()]
    for fold, streams in zip(sides, (before, now), strict=True):
        for chunks in streams:
            notes, seen = Notes(), Documents("chunk", texts={"$.choices[*].text"})
            for phase, each in chunks:
                seen.add(each, phase)
            seen.note(notes)
            notes.add_to(fold)
    one, other = (fold.summary() for fold in sides)
    return View((one, other), "chunk", get_upstream("vitalentum"), paths=PATHS, words={})


def view(before, now, document="chunk", *, phase="", words=None):
    """What both say of the documents; each side is a list of streams."""
    sides = summed(before, document, phase), summed(now, document, phase)
    paths = PATHS if document == "chunk" else {}
    return View(sides, document, get_upstream("vitalentum"), paths=paths, words=words or {})
