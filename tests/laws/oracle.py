"""A second parser, written from the two standards step by step with no thought of speed: what the laws believe.

It takes whole streams only, and shares no code and no idea with `harness.sse`: characters instead of bytes, one state
per sentence of the prose, and a UTF-8 decoder of its own. The quotations are the standards'.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.sse import Event


@dataclass
class Stream:
    """What a stream has come to: "a data buffer, an event type buffer, and a last event ID buffer", and the results."""

    last_event_id_buffer: str = ""
    data_buffer: str = ""
    event_type_buffer: str = ""
    reconnection_time: int | None = None
    last_event_id: str = ""
    block_retry: int | None = None  # not in the standard: what Event.retry tells
    events: list[Event] = field(default_factory=list)


def parse(data: bytes, last_event_id: str = "") -> Stream:
    """Interpret a whole stream (WHATWG HTML 9.2.6)."""
    stream = Stream(last_event_id_buffer=last_event_id, last_event_id=last_event_id)
    for line in lines_of(utf8_decode(data)):
        process_line(stream, line)
    return stream  # "Once the end of the file is reached, any pending data must be discarded."


def lines_of(text: str) -> list[str]:
    """ "A CRLF character pair, a single LF character not preceded by a CR character, and a single CR character not
    followed by a LF character being the ways in which a line can end." What no line end follows is no line."""
    lines, line, before = [], "", ""
    for character in text:
        if character == "\r" or (character == "\n" and before != "\r"):
            lines.append(line)
            line = ""
        elif character != "\n":
            line += character
        before = character
    return lines


def process_line(stream: Stream, line: str) -> None:
    if line == "":  # "If the line is empty (a blank line)"
        dispatch(stream)
    elif line[0] == ":":  # "If the line starts with a U+003A COLON character (:)"
        return
    elif ":" in line:  # "If the line contains a U+003A COLON character (:)"
        name, value = line[: line.index(":")], line[line.index(":") + 1 :]
        process_field(stream, name, value[1:] if value[:1] == " " else value)
    else:  # "using the whole line as the field name, and the empty string as the field value"
        process_field(stream, line, "")


def process_field(stream: Stream, name: str, value: str) -> None:
    if name == "event":
        stream.event_type_buffer = value
    elif name == "data":  # "Append the field value to the data buffer, then append a single LF"
        stream.data_buffer += value + "\n"
    elif name == "id":  # "If the field value does not contain U+0000 NULL"
        if "\0" not in value:
            stream.last_event_id_buffer = value
    elif name == "retry" and value and all(character in "0123456789" for character in value):
        stream.reconnection_time = stream.block_retry = integer(value)


def integer(digits: str) -> int:
    """ "Interpret the field value as an integer in base ten." """
    total = 0
    for digit in digits:
        total = total * 10 + "0123456789".index(digit)
    return total


def dispatch(stream: Stream) -> None:
    stream.last_event_id = stream.last_event_id_buffer  # step 1; "the buffer does not get reset"
    data, kind, retry = stream.data_buffer, stream.event_type_buffer, stream.block_retry
    stream.data_buffer, stream.event_type_buffer, stream.block_retry = "", "", None  # steps 2 and 7
    if data == "":  # step 2
        return
    if data[-1] == "\n":  # step 3
        data = data[:-1]
    stream.events.append(Event(data, kind or "message", stream.last_event_id, retry))  # steps 4 to 6


def unfinished(data: bytes) -> bytes:
    """What follows the last blank line: the unfinished last `event` of the grammar (9.2.5), without a leading BOM."""
    start = 3 if data[:3] == b"\xef\xbb\xbf" else 0
    line_is_empty, before = True, None
    for at in range(start, len(data)):
        if data[at] == 10 and before == 13:  # the second half of a line end that has acted
            start = at + 1 if start == at else start
        elif data[at] in (10, 13):
            start = at + 1 if line_is_empty else start
            line_is_empty = True
        else:
            line_is_empty = False
        before = data[at]
    return data[start:]


def utf8_decode(data: bytes) -> str:
    """ "UTF-8 decode" of the Encoding standard: strips one byte order mark, then runs the decoder."""
    return utf8_decode_without_bom(data[3:] if data[:3] == b"\xef\xbb\xbf" else data)


def utf8_decode_without_bom(data: bytes) -> str:
    """ "UTF-8 decoder" of the Encoding standard with error mode "replacement", handler steps 1 to 11."""
    text, at = "", 0
    code_point = seen = needed = 0
    lower, upper = 0x80, 0xBF
    while at < len(data):
        byte = data[at]
        at += 1
        if needed == 0:
            if byte <= 0x7F:
                text += chr(byte)
            elif 0xC2 <= byte <= 0xDF:
                needed, code_point = 1, byte & 0x1F
            elif 0xE0 <= byte <= 0xEF:
                lower = 0xA0 if byte == 0xE0 else lower
                upper = 0x9F if byte == 0xED else upper
                needed, code_point = 2, byte & 0xF
            elif 0xF0 <= byte <= 0xF4:
                lower = 0x90 if byte == 0xF0 else lower
                upper = 0x8F if byte == 0xF4 else upper
                needed, code_point = 3, byte & 0x7
            else:
                text += "\ufffd"
            continue
        if not lower <= byte <= upper:
            code_point = seen = needed = 0
            lower, upper = 0x80, 0xBF
            at -= 1  # "Restore byte to ioQueue"
            text += "\ufffd"
            continue
        lower, upper = 0x80, 0xBF
        code_point = code_point << 6 | byte & 0x3F
        seen += 1
        if seen == needed:
            text += chr(code_point)
            code_point = seen = needed = 0
    return text + "\ufffd" if needed else text  # "If byte is end-of-queue and UTF-8 bytes needed is not 0"
