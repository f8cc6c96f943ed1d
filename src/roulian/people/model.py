"""Who a member is, what they agreed to, and how their phone number is kept so that only we can read it."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from roulian.words.errors import Bug, Refusal
from roulian.words.ids import MemberId
from roulian.words.time import Instant

_MAINLAND_MOBILE = re.compile(r"1[3-9]\d{9}")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_KEY_BYTES = 32
_NONCE_BYTES = 12
_SEALED_V1 = b"\x01"


class Purpose(StrEnum):
    """What personal data may be used for; each needs its own consent (PIPL art. 13, 14)."""

    ORDER = "order"
    MARKETING = "marketing"
    PERSONALISE = "personalise"


@dataclass(frozen=True, slots=True)
class Member:
    """One person, however many accounts they met us through. `region` is empty until they settle in."""

    id: MemberId
    region: str
    unionid: str | None
    joined_at: Instant
    has_phone: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """One line of the consent ledger: a purpose agreed to (or no longer), under which version of the text, when."""

    member: MemberId
    purpose: Purpose
    is_given: bool
    text_version: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Merge:
    """Why two members count as one: an edge that can be taken back. `parted_at` is None while it holds."""

    id: str
    kept: MemberId
    gone: MemberId
    evidence: str
    merged_at: Instant
    parted_at: Instant | None


@dataclass(eq=False)
class UnknownMember(Refusal):
    """No member has this id."""

    member: MemberId
    code: ClassVar[str] = "unknown_member"
    zh: ClassVar[str] = "没有会员 {member},请重新登录。"
    en: ClassVar[str] = "There is no member {member}. Sign in again."


@dataclass(eq=False)
class NoConsent(Refusal):
    """These members have not agreed to this purpose, or no longer do."""

    members: tuple[MemberId, ...]
    purpose: Purpose
    code: ClassVar[str] = "no_consent"
    zh: ClassVar[str] = "尚未同意将个人信息用于“{purpose}”,请先在隐私设置中同意。"
    en: ClassVar[str] = (
        "Personal data may not be used for “{purpose}” yet. Ask for consent in the privacy settings first."
    )


@dataclass(eq=False)
class BadPhone(Refusal):
    """The text is not a phone number. It carries no field: a refusal is logged, a phone number never is."""

    code: ClassVar[str] = "bad_phone"
    zh: ClassVar[str] = "手机号格式不对,请填写 11 位手机号,或以 + 和国家代码开头的号码。"
    en: ClassVar[str] = "This is not a phone number. Enter 11 digits, or + and the country code first."


@dataclass(eq=False)
class NotMerged(Refusal):
    """There is no such merge in force."""

    kept: MemberId
    gone: MemberId
    code: ClassVar[str] = "not_merged"
    zh: ClassVar[str] = "{kept} 与 {gone} 目前没有合并,无需拆分。"
    en: ClassVar[str] = "{kept} and {gone} are not merged now; there is nothing to part."


def e164(phone: str) -> str:
    """The number in E.164 (`+8613800138000`); eleven digits are taken as mainland mobile. Raises `BadPhone`."""
    bare = re.sub(r"[\s\-()]", "", phone)
    if _MAINLAND_MOBILE.fullmatch(bare):
        return f"+86{bare}"
    if not _E164.fullmatch(bare):
        raise BadPhone
    return bare


def hashed_token(token: str) -> str:
    """What is stored of a session token: its SHA-256, in hex. A stolen table opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()


def withheld(asked: Sequence[MemberId], ledger: Sequence[Consent], purpose: Purpose) -> tuple[MemberId, ...]:
    """Those of `asked` whose latest word on `purpose` is not yes; silence is no. `ledger` is oldest first."""
    latest = {line.member: line.is_given for line in ledger if line.purpose is purpose}
    return tuple(member for member in asked if not latest.get(member, False))


class Vault:
    """Seals personal texts so that they can be opened, and indexes them so that they can be found, with two keys.

    Sealing is AES-256-GCM bound to its owner: a sealed text copied to another member's row does not open.
    The nonce is derived from key, owner and text (as in SIV modes, RFC 5297), so it cannot repeat with another
    text and a simulation is reproducible; equal texts of one owner seal alike, which tells nothing new.
    The blind index is HMAC-SHA256: equal numbers match, nothing can be read back without the key.
    """

    __slots__ = ("_aead", "_index_key", "_nonce_key")

    def __init__(self, *, seal_key: bytes, index_key: bytes) -> None:
        """Both keys are 32 bytes and kept outside the database."""
        if len(seal_key) != _KEY_BYTES or len(index_key) != _KEY_BYTES:
            raise Bug("the vault's keys are 32 bytes each")
        self._aead = AESGCM(seal_key)
        self._nonce_key = hmac.digest(seal_key, b"roulian.people.nonce", "sha256")
        self._index_key = index_key

    def seal(self, text: str, *, owner: str) -> bytes:
        """`text` encrypted for `owner`: version byte, 12-byte nonce, ciphertext with tag."""
        plain, bound = text.encode(), owner.encode()
        seed = len(bound).to_bytes(4, "big") + bound + plain
        nonce = hmac.digest(self._nonce_key, seed, "sha256")[:_NONCE_BYTES]
        return _SEALED_V1 + nonce + self._aead.encrypt(nonce, plain, bound)

    def unseal(self, sealed: bytes, *, owner: str) -> str:
        """The text sealed for `owner`; another owner, key or a changed byte is a `Bug`."""
        if sealed[:1] != _SEALED_V1:
            raise Bug(f"sealed text of unknown version for {owner}")
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._aead.decrypt(nonce, body, owner.encode()).decode()
        except InvalidTag as error:
            raise Bug(f"sealed text of {owner} does not open with this key") from error

    def index(self, text: str, *, field: str) -> str:
        """The blind index of `text` in `field`, 64 hex digits; the same number in another field differs."""
        return hmac.new(self._index_key, f"{field}\0{text}".encode(), hashlib.sha256).hexdigest()
