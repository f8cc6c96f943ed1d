"""One request and one reply, as every hot door sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from urllib.parse import parse_qsl

import msgspec

from roulian.words import Refusal

_TAG_BYTES = 12
NUL = b"\\u0000"


class UnreadableText(Refusal):
    """A text with a character that no text has."""

    code = "unreadable_text"
    zh = "内容含有空字符,无法保存;请去掉后重发。"
    en = "A text holds a NUL character. Remove it and send it again."


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `path` values by name, lower-case `headers`, the raw `body` and `query` string."""

    path: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    query: str = ""

    def token(self) -> str:
        """The bearer token, empty when there is none."""
        return self.headers.get("authorization", "").removeprefix("Bearer ").strip()

    def asked(self) -> Mapping[str, str]:
        """The query's values by name; of a repeated name the last."""
        return dict(parse_qsl(self.query))

    def lang(self) -> str:
        """`zh` unless the caller asks for English first."""
        return "en" if self.headers.get("accept-language", "").startswith("en") else "zh"


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: a status, a JSON or plain body, extra headers."""

    status: int = 200
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: object, *, status: int = 200) -> "Reply":
        """`value` as JSON."""
        return cls(status, msgspec.json.encode(value))


@dataclass(frozen=True, slots=True)
class Page:
    """A JSON answer that many are given, and the tag that tells one version of it from another."""

    body: bytes
    tag: str

    @classmethod
    def json(cls, value: object) -> "Page":
        """`value` as JSON, tagged by its content."""
        body = msgspec.json.encode(value)
        return cls(body, f'"{blake2b(body, digest_size=_TAG_BYTES).hexdigest()}"')

    def reply(self, call: Call) -> Reply:
        """The page, or 304 where the caller says it has this very one."""
        headers = {"etag": self.tag, "cache-control": "no-cache"}
        if call.headers.get("if-none-match") == self.tag:
            return Reply(304, headers=headers)
        return Reply(200, self.body, headers=headers)
