"""What a journal tells that was never finished."""

import pytest

from harness.cassette.model import End, Frame, Interaction, Request, Source
from harness.cassette.recovery import Answered, Arrived, Began, Ended, Lines, Opened, Record, recover

REQUEST = Request("POST", "http://h/x", (("Accept", "text/event-stream"),), b'{"a": "\xff"}')
HEAD = (("Content-Type", "text/event-stream"), ("A", "1"), ("A", "2"))


def began(take: int = 1) -> Began:
    return Began(take, REQUEST, "2026-11-22T12:00:00Z", "vitalentum", Source.STAND_IN, "x 1.0")


def exchange(take: int = 1) -> list[Record]:
    """One whole exchange of three pieces, not all of them text."""
    pieces = (b"data: \xd0", b"\x9f\r\n\n", b"\x00\xff")
    arrived = [Arrived(take, 10.0 * number, data) for number, data in enumerate(pieces, 1)]
    return [began(take), Answered(take, 200, "OK", HEAD), *arrived, Ended(take, End.COMPLETE, 35.5)]


def journal(records: list[Record]) -> bytes:
    lines = Lines()
    return b"".join(map(lines.encode, [Opened(), *records]))


def only(data: bytes) -> Interaction:
    (item,) = recover(data).interactions
    return item


def test_a_whole_journal_is_the_whole_exchange():
    item = only(journal(exchange()))
    assert item.request == REQUEST
    assert (item.response.status, item.response.reason, item.response.headers) == (200, "OK", HEAD)
    assert item.response.body == b"data: \xd0\x9f\r\n\n\x00\xff"
    stream = item.response.stream
    assert stream.frames == (Frame(10.0, 7), Frame(20.0, 4), Frame(30.0, 2))
    assert (stream.end, stream.end_ms) == (End.COMPLETE, 35.5)
    assert (stream.recorded_at, stream.upstream, stream.source, stream.recorded_from) == (
        "2026-11-22T12:00:00Z",
        "vitalentum",
        Source.STAND_IN,
        "x 1.0",
    )


def test_an_exchange_without_an_end_ended_with_its_recorder():
    stream = only(journal(exchange()[:-1])).response.stream
    assert (stream.end, stream.end_ms) == (End.CRASH, 30.0)
    nothing_came = only(journal(exchange()[:2])).response
    assert (nothing_came.body, nothing_came.stream.end, nothing_came.stream.end_ms) == (b"", End.CRASH, 0.0)


def test_a_broken_chunk_is_told_though_nobody_told_how_long_its_reader_waited():
    broken = Ended(1, End.SHORT, 35.5, 35.5)
    waited = Ended(1, End.SHORT, 3000.0, 35.5)
    for records, end_ms in (([broken], 35.5), ([broken, waited], 3000.0)):
        stream = only(journal([*exchange()[:-1], *records])).response.stream
        assert (stream.end, stream.end_ms, stream.broken_chunk_ms) == (End.SHORT, end_ms, 35.5)


def test_an_exchange_without_an_answer_is_none():
    assert recover(journal(exchange()[:1])).interactions == ()


def test_exchanges_that_overlap_come_in_the_order_they_began():
    one, two = exchange(1), exchange(2)
    mixed = [record for pair in zip(two, one, strict=True) for record in pair]
    found = recover(journal(mixed)).interactions
    assert len(found) == 2
    assert recover(journal([*one, *two])).interactions == found


def test_cut_at_any_byte_a_journal_gives_the_exact_prefix():
    records = exchange()
    data = journal(records)
    ends = [len(journal(records[:count])) for count in range(len(records) + 1)]
    for size in range(len(data) + 1):
        whole = sum(end <= size for end in ends) - 1
        expected = recover(journal(records[: max(whole, 0)])).interactions
        found = recover(data[:size])
        assert found.interactions == expected
        assert not found.is_damaged


def test_any_flipped_bit_ends_the_reading_before_its_record_and_is_reported():
    records = exchange()
    data = journal(records)
    ends = [len(journal(records[:count])) for count in range(len(records) + 1)]
    for at in range(len(data)):
        for bit in range(8):
            flipped = data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]
            whole = sum(end <= at for end in ends) - 1
            found = recover(flipped)
            assert found.interactions == recover(journal(records[: max(whole, 0)])).interactions
            assert found.is_damaged or at == len(data) - 1  # without its newline the last line was cut short


def test_a_lost_line_is_noticed():
    lines = journal(exchange()).split(b"\n")
    assert recover(b"\n".join(lines[:3] + lines[4:])).is_damaged


@pytest.mark.parametrize("data", [b"", b"\n", b"rubbish", b"\x00" * 100, b"00000000 {}\n"])
def test_rubbish_is_nothing(data):
    assert recover(data).interactions == ()


def test_a_journal_of_a_later_version_is_left_alone():
    lines = Lines()
    data = lines.encode(Opened(99)) + b"".join(map(lines.encode, exchange()))
    found = recover(data)
    assert (found.interactions, found.is_damaged) == ((), True)


def test_records_of_no_known_exchange_are_passed_over():
    assert len(recover(journal([Arrived(9, 1.0, b"x"), *exchange()])).interactions) == 1
