"""The records of a text that is not as the quick way wants it: broken, in another wrapping, or odd in a field."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import Raw
from msgspec.json import Decoder

from guard.history.content import DATED_TEXT, HOLDERS, Block
from guard.pattern.event import DECODER
from guard.pattern.explain import cut


@dataclass(frozen=True, slots=True)
class Message:
    """The text of what may be a record, or hold some, so many wrappings deep."""

    text: str
    depth: int


Record = tuple[str, Mapping[str, Any] | str]  # a place, and a record or what is wrong there
Found = Record | tuple[str, Message]
# Where one of a holder's elements holds the event's text: what `aws logs filter-log-events`, `aws cloudtrail
# lookup-events`, a subscription, `aws logs get-query-results` and EventBridge write.
MESSAGES = ("message", "CloudTrailEvent", "@message", "detail")
DEEPEST = 6  # wrappings within each other
_WRAPPING, _TEXT = Decoder(dict[str, Raw]), Decoder(str)
_BETWEEN = re.compile(r"[ \t\r\n,]*")
_AFTER = re.compile(r"[\s,{}\[\]]|\Z")  # what may stand behind a value; a date is no number
_RESUME = re.compile(r'\n(?=\S)|(?<=[,\[\s])\{\s*"eventVersion"')  # where reading goes on behind a break
_ARRAY, _MAP = re.compile(r"\]\s*(?=[\[{]|\Z)"), re.compile(r"\]\s*\}\s*(?=[\[{]|\Z)")  # how a document ends


def rest(place: str, block: Block, at: int, number: int) -> Iterator[Found]:
    """The records of a document's block from byte `at` on, the first of which has the index `number`."""
    several = _several(block)
    if several is not None:
        for index, one in enumerate(several[number - block.first :], number):
            yield from held(element(place, block.holder, index), one, 1)
        yield from _foreign(place, block.data)
        return
    text = block.data[at:].decode("utf-8", "replace")
    close = _MAP if block.holder else _ARRAY
    for index, (start, value) in enumerate(values(text), number):
        closed = close.match(text, start) if value is None else None
        if closed:
            line = 1 + block.data.count(b"\n", 0, at) + text.count("\n", 0, closed.end())
            yield from _numbered(place, text[closed.end() :], line)
            break
        yield from held(element(place, block.holder, index), value, 1)
    else:
        yield place, "the document ends early: the records before are counted"
    yield from _foreign(place, block.data[at:])


def element(place: str, holder: str | None, index: int) -> str:
    """The place of one of the records that stand there."""
    return f"{place}: {holder}[{index}]" if holder else f"{place}[{index}]"


def _several(block: Block) -> list[Any] | None:
    """The records of a block that is sound."""
    try:
        whole = DECODER.decode(block.data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    found = whole.get(block.holder) if isinstance(whole, dict) else whole
    return found if isinstance(found, list) else None


def lines(place: str, data: bytes, number: int) -> Iterator[Found]:
    """The records of lines or of values one after the other; the first line has the number `number`."""
    yield from _numbered(place, data.decode("utf-8", "replace"), number)
    yield from _foreign(place, data)


def _numbered(place: str, text: str, number: int) -> Iterator[Found]:
    done = told = 0
    for at, value in values(text):
        number, done = number + text.count("\n", done, at), at
        sound = isinstance(value, dict | list)
        if sound or told != number:  # what is no JSON may hold many a text and number in a line
            yield from held(f"{place}:{number}", value)
        told = told if sound else number


def _foreign(place: str, data: bytes) -> Iterator[Found]:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        yield place, f"holds bytes that are no UTF-8, read as \ufffd: the first is {data[error.start]:#x}"


def values(text: str) -> Iterator[tuple[int, Any]]:
    """Each JSON value of a text with where it starts; None where there is none."""
    at = 0
    while (at := _BETWEEN.match(text, at).end()) < len(text):  # type: ignore[union-attr] # it always matches
        dated = DATED_TEXT.match(text, at)
        start = dated.end() if dated else at
        value, end = _value(text, start)
        yield at, value
        if end is None:
            resumed = _RESUME.search(text, at + 1)
            at = resumed.start() if resumed else len(text)
        else:
            at = end


def _value(text: str, at: int) -> tuple[Any, int | None]:
    """The value that stands there, and where it ends; Nones where there is none."""
    try:
        value, end = DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, None
    return (value, end) if _AFTER.match(text, end) else (None, None)


def held(place: str, value: Any, depth: int = 0) -> Iterator[Found]:
    """The records that a value is, or holds."""
    if type(value) is str and depth:  # a number's text is one of another class
        yield place, Message(value, depth)
        return
    if isinstance(value, list) and depth < DEEPEST and (value or not depth):
        if value and all(isinstance(one, dict) and "field" in one for one in value):
            value = {one["field"]: one.get("value") for one in value if isinstance(one["field"], str)}
        else:
            yield from _elements(place, value, depth + 1)
            return
    if not isinstance(value, dict):
        yield place, "is no JSON object: left out"
    elif "eventTime" in value or depth >= DEEPEST:
        yield place, value
    else:
        yield from _inner(place, value, depth)


def inner(text: str | bytes) -> str | bytes:
    """The text of what a wrapping holds, if it is one message. Raises ValueError and msgspec's DecodeError."""
    wrapping = _WRAPPING.decode(text)
    message = next((bytes(wrapping[key]) for key in MESSAGES if key in wrapping), None)
    if message is None or "eventTime" in wrapping or not wrapping.keys().isdisjoint(HOLDERS):
        raise ValueError("holds no message, or more")
    return _TEXT.decode(message) if message.startswith(b'"') else message


def opened(place: str, message: Message) -> Iterator[Found]:
    """The records that a message is, or holds."""
    try:
        found = DECODER.decode(message.text)
    except (ValueError, RecursionError):
        found = None
    return held(place, found, message.depth)


def each(several: Iterable[Found]) -> Iterator[Record]:
    """Records, with those of messages."""
    for place, one in several:
        if isinstance(one, Message):
            yield from each(opened(place, one))
        else:
            yield place, one


def _elements(place: str, several: Sequence[Any], depth: int) -> Iterator[Found]:
    for number, one in enumerate(several):
        yield from held(f"{place}[{number}]", one, depth)


def _inner(place: str, value: Mapping[str, Any], depth: int) -> Iterator[Found]:
    several = next((key for key in HOLDERS if isinstance(value.get(key), list)), None)
    message = next((key for key in MESSAGES if isinstance(value.get(key), str | dict)), None)
    if value.get("messageType") == "CONTROL_MESSAGE":  # a subscription's, to see that its target is there
        return
    if several:
        yield from _elements(f"{place}: {several}", value[several], depth + 1)
    elif message:
        yield from held(place, value[message], depth + 1)
    else:
        yield place, value


def shown(value: Any) -> str:
    """A value in a message, cut where it is long."""
    return cut(json.dumps(value, ensure_ascii=False, default=str))
