"""Secrets at rest: sealed with AES-256-GCM under the newest key of a ring, opened with whichever key sealed them.

A sealed value is text `1.<key id>.<base64url of nonce and cipher text>`. What it is about is authenticated with it, so
a value moved to another row does not open. To rotate, put a new key first: what it seals from then on names it, what
older keys sealed still opens, and `roulian keys rotate` seals everything anew so that they may go.
What is sealed is found again by its blind index, an HMAC under a key drawn from each key of the ring: equal texts
match, and without the ring nothing can be read back or guessed.
Source: NIST SP 800-38D; 96-bit random nonces, hence at most 2³² values under one key.
"""

import base64
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from roulian.words import Refusal

KEY_BYTES = 32
_NONCE_BYTES = 12
_FORM = "1"
_BLIND = b"roulian.blind-index"
_KEY_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


@dataclass(eq=False)
class BadKeyRing(Refusal):
    """The ring's text is not what a ring is written as. It carries no field: the text holds keys."""

    code: ClassVar[str] = "bad_key_ring"
    zh: ClassVar[str] = "密钥环写法不对:应为以空白分隔的 编号:64 位十六进制,最新的在最前,编号不重复。"
    en: ClassVar[str] = "A key ring is written id:64 hexadecimal digits, separated by blanks, newest first, ids unique."


@dataclass(eq=False)
class CannotOpen(Refusal):
    """A sealed value does not open: its key is not on the ring, or it was sealed as something else or tampered with."""

    about: str
    key: str
    code: ClassVar[str] = "cannot_open"
    zh: ClassVar[str] = "打不开 {about} 的封存值(密钥 {key})。请把这把密钥放回密钥环,或重新填写该密钥。"
    en: ClassVar[str] = (
        "The sealed value of {about} (key {key}) does not open. Put that key back on the ring, or enter it anew."
    )


class KeyRing:
    """The keys of one installation, newest first."""

    __slots__ = ("_blind", "_draw", "_keys", "_reread", "newest")

    def __init__(
        self, keys: Mapping[str, bytes], *, draw: Callable[[int], bytes], reread: Callable[[], str] | None = None
    ) -> None:
        """`keys` by id, newest first; `draw(n)` gives n random bytes that never repeat (`secrets.token_bytes`).

        `reread` gives the ring's text anew when a key is not known: another process may have put it there since.
        """
        self._draw, self._reread = draw, reread
        self._take(keys)

    @classmethod
    def parse(cls, text: str, *, draw: Callable[[int], bytes], reread: Callable[[], str] | None = None) -> "KeyRing":
        """The ring a text writes down; raises `BadKeyRing`."""
        return cls(_written(text), draw=draw, reread=reread)

    def ids(self) -> tuple[str, ...]:
        """The ids of its keys, newest first."""
        return tuple(self._keys)

    def seal(self, plain: str, *, about: str) -> str:
        """The text that `open` opens, for the same `about` alone. Sealing twice gives two different texts."""
        nonce = self._draw(_NONCE_BYTES)
        cipher = self._keys[self.newest].encrypt(nonce, plain.encode(), _bound(self.newest, about))
        return f"{_FORM}.{self.newest}.{base64.urlsafe_b64encode(nonce + cipher).decode()}"

    def open(self, sealed: str, *, about: str) -> str:
        """What was sealed. Raises `CannotOpen`."""
        form, _, rest = sealed.partition(".")
        ident, _, text = rest.partition(".")
        if ident not in self._keys and self._reread is not None:
            self._take(_written(self._reread()))
        key = self._keys.get(ident)
        if form != _FORM or key is None:
            raise CannotOpen(about, ident)
        try:
            raw = base64.b64decode(text, altchars=b"-_", validate=True)
            return key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(ident, about)).decode()
        except (InvalidTag, ValueError) as error:
            raise CannotOpen(about, ident) from error

    def blind(self, text: str, *, field: str) -> str:
        """The blind index of `text` in `field` under the newest key; the same text in another field has another."""
        return self.blinds(text, field=field)[0]

    def blinds(self, text: str, *, field: str) -> tuple[str, ...]:
        """The blind indices of `text` under every key, newest first: what a text may have been indexed as."""
        named = f"{field}\0{text}".encode()
        return tuple(f"{ident}.{hmac.digest(key, named, 'sha256').hex()}" for ident, key in self._blind.items())

    def _take(self, keys: Mapping[str, bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES or not _KEY_ID.fullmatch(ident) for ident, key in keys.items()):
            raise BadKeyRing
        self.newest = next(iter(keys))
        self._keys = {ident: AESGCM(key) for ident, key in keys.items()}
        self._blind = {ident: hmac.digest(key, _BLIND, "sha256") for ident, key in keys.items()}


def _written(text: str) -> Mapping[str, bytes]:
    pairs = [entry.partition(":") for entry in text.split()]
    try:
        keys = {ident: bytes.fromhex(key) for ident, _, key in pairs}
    except ValueError:
        raise BadKeyRing from None
    if len(keys) != len(pairs):
        raise BadKeyRing
    return keys


def key_of(sealed: str) -> str:
    """The id of the key that sealed this value; tells nothing of what is in it."""
    return sealed.split(".")[1]


def _bound(ident: str, about: str) -> bytes:
    return f"{_FORM}.{ident}.{about}".encode()
