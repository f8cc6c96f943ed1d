"""Who works here and what each may do: roles and leaves are data, not ifs.

A leave (`May`) is asked for by a door of the console; a role gives some. An API key has some of its maker's.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import scrypt
from types import MappingProxyType
from typing import ClassVar

from roulian.words.errors import Refusal
from roulian.words.time import Instant

LOGIN_LASTS = timedelta(hours=12)
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
KEY_PREFIX = "rlk_"
SALT_BYTES = 16
_LEAST_PASSWORD, _MOST_PASSWORD = 12, 256
_FEWEST_LETTERS = 5
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_COST_LOG2, _BLOCK, _LANES, _MEMORY = 15, 8, 1, 1 << 26


class Role(StrEnum):
    """What someone is here for."""

    OPERATIONS = "operations"
    CONTENT = "content"
    SUPPLY = "supply"
    CARE = "care"
    FINANCE = "finance"
    AUDITOR = "auditor"
    ADMIN = "admin"


class May(StrEnum):
    """One thing that a role or an API key allows."""

    LOOK = "look"
    RUN = "run"
    PUBLISH = "publish"
    SUPPLY = "supply"
    SELL = "sell"
    MONEY = "money"
    ACCOUNTS = "accounts"
    SEE_MEMBERS = "see_members"
    READ_PERSONAL = "read_personal"
    MERGE = "merge"
    RIGHTS = "rights"
    AUDIT = "audit"
    STAFF = "staff"
    CONNECT = "connect"


MAY: Mapping[Role, frozenset[May]] = MappingProxyType(
    {
        Role.OPERATIONS: frozenset({May.LOOK, May.RUN, May.SELL, May.SEE_MEMBERS, May.MERGE}),
        Role.CONTENT: frozenset({May.LOOK, May.PUBLISH}),
        Role.SUPPLY: frozenset({May.LOOK, May.SUPPLY}),
        Role.CARE: frozenset({May.LOOK, May.SEE_MEMBERS, May.READ_PERSONAL, May.MERGE, May.RIGHTS}),
        Role.FINANCE: frozenset({May.LOOK, May.MONEY}),
        Role.AUDITOR: frozenset({May.LOOK, May.AUDIT}),
        Role.ADMIN: frozenset(May),
    }
)
"""The least that each role needs: who watches the record of readings does not read; who writes articles sees nobody."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Someone who works here. `is_active` is false once they have left."""

    id: str
    login: str
    name: str
    role: Role
    is_active: bool
    has_totp: bool
    locked_until: Instant | None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who knocks at a door of the console: a staff member, or an API key of theirs; and what they may."""

    id: str
    name: str
    may: frozenset[May]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key for programs: its scopes are leaves of the staff member who made it."""

    id: str
    staff: str
    name: str
    scopes: tuple[May, ...]
    made_at: Instant
    expires_at: Instant
    revoked_at: Instant | None


@dataclass(frozen=True, slots=True)
class Login:
    """What it takes to judge a password outside any transaction: the hash that stands, empty for nobody."""

    staff: str
    password_hash: str


@dataclass(eq=False)
class WeakPassword(Refusal):
    """The password is too easy to guess (NIST SP 800-63B §5.1.1.2: length and no known words, no fixed mixture)."""

    code: ClassVar[str] = "weak_password"
    zh: ClassVar[str] = "密码太弱:至少 12 个字符、至少 5 种不同字符,且不含登录名。可以用一句话作密码。"
    en: ClassVar[str] = (
        "This password is weak: use 12 characters or more, 5 different ones, without the login. A sentence does well."
    )


@dataclass(eq=False)
class BadLogin(Refusal):
    """A login name that cannot be used."""

    code: ClassVar[str] = "bad_login"
    zh: ClassVar[str] = "登录名应为 2–64 位小写字母、数字或 . _ @ -,以字母或数字开头。"
    en: ClassVar[str] = "A login is 2 to 64 lower-case letters, digits or . _ @ - and begins with a letter or digit."


@dataclass(eq=False)
class LoginTaken(Refusal):
    """Somebody has this login."""

    login: str
    code: ClassVar[str] = "login_taken"
    zh: ClassVar[str] = "登录名 {login} 已有人使用,请换一个。"
    en: ClassVar[str] = "The login {login} is taken. Choose another."


@dataclass(eq=False)
class WrongLogin(Refusal):
    """Login, password or code do not fit; which of them is not told."""

    code: ClassVar[str] = "wrong_login"
    zh: ClassVar[str] = "登录名、密码或验证码不对。连续 5 次错误将锁定 15 分钟;验证码用过即失效,请等下一个。"
    en: ClassVar[str] = (
        "Login, password or code is wrong. Five failures lock the login for 15 minutes; a used code is void, wait for the next."
    )


@dataclass(eq=False)
class LockedOut(Refusal):
    """Too many failures."""

    until_ms: int
    code: ClassVar[str] = "locked_out"
    zh: ClassVar[str] = "失败次数过多,登录已锁定 15 分钟,请稍后再试或请管理员重设密码。"
    en: ClassVar[str] = "Too many failures: locked for 15 minutes. Try later, or have an admin set a new password."


@dataclass(eq=False)
class UnknownStaff(Refusal):
    """Nobody here has this id."""

    staff: str
    code: ClassVar[str] = "unknown_staff"
    zh: ClassVar[str] = "没有员工 {staff},请从员工列表中选择。"
    en: ClassVar[str] = "There is no staff member {staff}. Choose from the list."


@dataclass(eq=False)
class LastAdmin(Refusal):
    """Without an admin nobody could make one."""

    staff: str
    code: ClassVar[str] = "last_admin"
    zh: ClassVar[str] = "{staff} 是最后一位管理员。请先任命另一位管理员。"
    en: ClassVar[str] = "{staff} is the last admin. Make somebody else an admin first."


@dataclass(eq=False)
class ScopeTooWide(Refusal):
    """An API key cannot do what its maker may not, nor live beyond a year."""

    code: ClassVar[str] = "scope_too_wide"
    zh: ClassVar[str] = "密钥的权限不能超出您自己的权限,且有效期为 1 至 365 天。"
    en: ClassVar[str] = "A key cannot do more than you may, and lives 1 to 365 days."


@dataclass(eq=False)
class UnknownKey(Refusal):
    """No API key in force has this id."""

    key: str
    code: ClassVar[str] = "unknown_key"
    zh: ClassVar[str] = "没有有效的密钥 {key},可能已被撤销。"
    en: ClassVar[str] = "No key {key} is in force; it may have been revoked."


def checked_login(login: str) -> str:
    """The login as it is kept. Raises `BadLogin`."""
    if not _LOGIN.fullmatch(login):
        raise BadLogin
    return login


def check_password(password: str, *, login: str) -> None:
    """The password is hard to guess, else `WeakPassword`."""
    long_enough = _LEAST_PASSWORD <= len(password) <= _MOST_PASSWORD
    if not long_enough or len(set(password)) < _FEWEST_LETTERS or login in password.casefold():
        raise WeakPassword


def password_hash(password: str, *, salt: bytes) -> str:
    """`scrypt.15.8.1.<salt>.<hash>` (RFC 7914), about 0.1 s and 32 MB: never inside a transaction."""
    return f"scrypt.{_COST_LOG2}.{_BLOCK}.{_LANES}.{salt.hex()}.{_stretched(password, salt, _COST_LOG2)}"


def is_password(password: str, hashed: str) -> bool:
    """Whether the hash is this password's. Nobody's hash (empty) takes as long to say no."""
    _, cost, _, _, salt, wanted = hashed.split(".") if hashed else ("", str(_COST_LOG2), "", "", "00" * SALT_BYTES, "")
    return hmac.compare_digest(_stretched(password, bytes.fromhex(salt), int(cost)), wanted)


def _stretched(password: str, salt: bytes, cost_log2: int) -> str:
    return scrypt(password.encode(), salt=salt, n=1 << cost_log2, r=_BLOCK, p=_LANES, maxmem=_MEMORY).hex()
