"""Laws of the conversation encoder: it loses the names of roles and nothing else."""

import json

from hypothesis import given
from hypothesis import strategies as st

from harness.chat.messages import Message, parse_messages
from harness.contract.documents import Document
from harness.disk.schemas import load_schema
from harness.errors import ConversationError
from harness.upstreams.vitalentum import decode_conversation, encode_conversation

roles = st.sampled_from(["user", "assistant", "system", "tool", "function", "developer"]) | st.text(
    max_size=8
)
texts = st.text(st.characters(), max_size=40)  # half surrogate pairs and NULs included
histories = st.lists(st.builds(Message, roles, texts), max_size=8)

CONVERSATION = Document(load_schema("vitalentum", "conversation"))


def as_the_wire_tells(messages: list[Message]) -> list[Message]:
    """The wire knows two speakers: the user, and everybody else."""
    return [Message("user" if m.role == "user" else "assistant", m.content) for m in messages]


@given(histories)
def test_decoding_gives_back_every_message_in_its_order_as_far_as_the_wire_can_tell(
    messages: list[Message],
) -> None:
    assert decode_conversation(encode_conversation(messages)) == as_the_wire_tells(messages)


@given(histories)
def test_encoding_what_was_decoded_gives_the_same_string(messages: list[Message]) -> None:
    text = encode_conversation(messages)
    assert encode_conversation(decode_conversation(text)) == text


@given(histories)
def test_parsing_first_changes_nothing(messages: list[Message]) -> None:
    mappings = [dict(message) for message in messages]
    assert (
        encode_conversation(parse_messages(mappings))
        == encode_conversation(mappings)
        == encode_conversation(messages)
    )


@given(histories, histories)
def test_two_histories_share_a_string_only_where_the_wire_cannot_tell_them_apart(
    one: list[Message], other: list[Message]
) -> None:
    same_string = encode_conversation(one) == encode_conversation(other)
    assert same_string == (as_the_wire_tells(one) == as_the_wire_tells(other))


@given(histories)
def test_the_string_is_ascii_and_as_long_as_its_texts_demand(messages: list[Message]) -> None:
    text = encode_conversation(messages)
    assert text.isascii()
    assert len(text) <= 15 + sum(40 + 12 * len(message.content) for message in messages)


@given(histories)
def test_the_string_keeps_to_its_published_schema(messages: list[Message]) -> None:
    assert CONVERSATION.fits(json.loads(encode_conversation(messages)))


entries = st.dictionaries(
    st.sampled_from(["speaker", "text", "id"]),
    st.sampled_from(["human", "bot", "user", "", None, 5]),
    max_size=3,
)
documents = st.dictionaries(
    st.sampled_from(["history", "model"]), st.lists(entries, max_size=3) | st.none() | entries, max_size=2
)


@given(documents | st.builds(lambda history: {"history": history}, st.lists(entries, max_size=3)))
def test_the_decoder_takes_exactly_what_the_published_schema_takes(document: dict[str, object]) -> None:
    try:
        decode_conversation(json.dumps(document))
        taken = True
    except ConversationError:
        taken = False
    assert taken == CONVERSATION.fits(document)
