"""What WeChat pushes, read into mappings and then into facts.

A message comes as XML or JSON. In XML a repeated element is a list, and a list of one cannot be told from a
single value: `items` therefore reads both alike. Subscription events carry their `List` one level deeper in XML.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, Union
from xml.etree import ElementTree as ET

import msgspec

from roulian.words.errors import Rejected
from roulian.words.time import Instant

Value: TypeAlias = Union[str, int, float, bool, "Message", "tuple[Value, ...]", "list[Value]", None]
Message: TypeAlias = Mapping[str, Value]

_MOST_BYTES = 1 << 20
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
EVENT_LISTS = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")


@dataclass(frozen=True, slots=True)
class Tap:
    """A member's answer for one template. `key` names the tap and nobody: the same push again has the same key."""

    openid: str
    template: str
    key: str


@dataclass(frozen=True, slots=True)
class PathReport:
    """One step of a parcel as the carrier told WeChat; `action` is WeChat's `ActionType` (100001 … 300003).

    `key` is our own number of a waybill that the logistics assistant made, empty for any other.
    """

    waybill: str
    action: int
    at: Instant
    key: str = ""


def read_message(body: bytes) -> Message:
    """The message in XML or JSON. Raises `Rejected` `bad_message` for anything else, or for an XML declaration."""
    text = body.strip()
    if len(text) > _MOST_BYTES:
        raise Rejected("bad_message")
    try:
        found = _read_xml(text) if text.startswith(b"<") else _read_json(text)
    except RecursionError as error:
        raise Rejected("bad_message") from error
    if not isinstance(found, Mapping):
        raise Rejected("bad_message")
    return found


def _read_json(text: bytes) -> Value:
    try:
        found: Value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Rejected("bad_message") from error
    return found


def _read_xml(text: bytes) -> Value:
    if _DECLARATION.search(text):
        raise Rejected("bad_message")
    try:
        root = ET.fromstring(text)  # noqa: S314 - no declarations, hence no entities; at most 1 MB
    except ET.ParseError as error:
        raise Rejected("bad_message") from error
    return _value(root)


def _value(element: ET.Element) -> Value:
    if len(element) == 0:
        return element.text or ""
    found: dict[str, list[Value]] = {}
    for child in element:
        found.setdefault(child.tag, []).append(_value(child))
    return {tag: values[0] if len(values) == 1 else tuple(values) for tag, values in found.items()}


def text_of(message: Message, name: str) -> str:
    """The field as text; empty when it is absent or not a plain value."""
    value = message.get(name, "")
    return str(value) if isinstance(value, str | int) else ""


def items(message: Message, name: str) -> Iterator[Message]:
    """The elements of a list field, however many there are and however they were written."""
    value = message.get(name)
    for item in value if isinstance(value, tuple | list) else (value,):
        if isinstance(item, Mapping):
            yield item


def accepted(message: Message) -> tuple[Tap, ...]:
    """The templates a member just allowed one more message of (`subscribe_msg_popup_event`)."""
    return _taps(message, answer="accept")


def declined(message: Message) -> tuple[Tap, ...]:
    """The templates a member said no to when asked (`subscribe_msg_popup_event`); what they allowed before stays."""
    return _taps(message, answer="reject")


def withdrawn(message: Message) -> tuple[Tap, ...]:
    """The templates a member switched off in the settings (`subscribe_msg_change_event`)."""
    return _taps(message, answer="reject")


def _taps(message: Message, *, answer: str) -> tuple[Tap, ...]:
    openid = text_of(message, "FromUserName")
    nested = [found for name in EVENT_LISTS for found in items(message, name)]
    answers = [item for holder in (message, *nested) for item in items(holder, "List")]
    told = f"{openid}:{text_of(message, 'CreateTime')}:{text_of(message, 'Event')}:{_digest(answers)}"
    key = hashlib.sha256(told.encode()).hexdigest()
    return tuple(
        Tap(openid, text_of(item, "TemplateId"), f"{key}:{text_of(item, 'TemplateId')}")
        for item in answers
        if text_of(item, "SubscribeStatusString") == answer
    )


_ANSWER_FIELDS = ("TemplateId", "SubscribeStatusString", "PopupScene")


def _digest(answers: list[Message]) -> str:
    """What tells two pop-ups of one second apart.

    WeChat's own key of an event (FromUserName, CreateTime, Event) has only the second, and nothing in a push numbers
    the pop-up. Two pop-ups within a second that ask the same and are answered alike stay one: a consent we do not know
    of is a message not sent, a consent counted twice is one sent against the member's will.
    """
    told = sorted("|".join(text_of(answer, name) for name in _ANSWER_FIELDS) for answer in answers)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def path_reports(message: Message) -> tuple[PathReport, ...]:
    """The steps in an `add_express_path` event; those without a time or a type are passed over."""
    waybill, key = text_of(message, "WayBillId"), text_of(message, "OrderId")
    steps = [(text_of(step, "ActionType"), text_of(step, "ActionTime")) for step in items(message, "Actions")]
    return tuple(
        PathReport(waybill, int(action), Instant(int(at) * 1000), key)
        for action, at in steps
        if action.isdecimal() and at.isdecimal()
    )
