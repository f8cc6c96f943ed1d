"""Webhooks as Standard Webhooks writes them: three headers, one HMAC over id, time and body.

A receiver checks `webhook-signature` with the secret it was told once (libraries exist for most languages), refuses a
`webhook-timestamp` more than five minutes off, and remembers `webhook-id`: the same event sent again bears the same.
Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from roulian.words.time import Instant

__all__ = ["Post", "Posted", "Webhooks", "signed_headers"]

_SECRET_PREFIX = "whsec_"  # noqa: S105 - how every secret begins


@dataclass(frozen=True, slots=True)
class Post:
    """One message to one address: `message` names it wherever it is sent again, `secrets` sign it, newest first."""

    url: str
    message: str
    body: bytes
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of it: the HTTP status, or None and why there is none."""

    status: int | None
    error: str = ""


class Webhooks(Protocol):
    """Whoever carries messages to other systems."""

    async def post(self, post: Post) -> Posted:
        """What the receiver answered; a receiver that cannot be reached, or may not be, is an answer too."""
        ...


def signed_headers(message: str, body: bytes, *, secrets: Sequence[str], now: Instant) -> Mapping[str, str]:
    """The three headers, with one `v1` signature for each of `secrets` (`whsec_` and base64)."""
    stamp = str(now.ms // 1000)
    content = b".".join((message.encode(), stamp.encode(), body))
    signatures = (hmac.digest(_key(secret), content, "sha256") for secret in secrets)
    return {
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(signature).decode()}" for signature in signatures),
    }


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_SECRET_PREFIX))
