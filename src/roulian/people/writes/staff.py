"""What changes about staff: they come and go, log in, prove themselves twice, make keys for programs.

Passwords are stretched outside any transaction (a tenth of a second): what comes in here is a hash.
"""

from collections.abc import Callable, Collection
from datetime import timedelta

from roulian.people.model import (
    KEY_PREFIX,
    LOCKED_FOR,
    LOGIN_LASTS,
    MAY,
    MOST_FAILURES,
    SECRET_BYTES,
    Caller,
    LastAdmin,
    LockedOut,
    LoginTaken,
    May,
    Role,
    ScopeTooWide,
    Staff,
    UnknownKey,
    UnknownStaff,
    WrongLogin,
    checked_login,
    hashed_token,
    otpauth,
    step_of,
)
from roulian.people.tables import staff as tables
from roulian.store import KeyRing, Tx

_TOKEN_BITS = 256
_LONGEST_KEY = timedelta(days=365)
ISSUER = "Roulian"


def add_staff(tx: Tx, login: str, *, name: str, role: Role, password_hash: str) -> str:
    """The id of somebody new. Raises `BadLogin`, `LoginTaken`."""
    ident = tx.new_id("stf")
    row = {"login": checked_login(login), "name": name, "role": role.value, "password_hash": password_hash}
    if not tx.run(tables.ADD, id=ident, at=tx.now.ms, **row):
        raise LoginTaken(login)
    return ident


def change_staff(tx: Tx, staff: str, *, name: str, role: Role, is_active: bool) -> None:
    """Their name, role and whether they work here; who left or may less is logged out. Raises `UnknownStaff`, `LastAdmin`."""
    was = _known(tx, staff)
    stays_admin = is_active and role is Role.ADMIN
    if was.role is Role.ADMIN and was.is_active and not stays_admin and not tx.rows(tables.OTHER_ADMINS, of_id=staff):
        raise LastAdmin(staff)
    tx.run(tables.CHANGE, staff=staff, name=name, role=role.value, is_active=int(is_active))
    if not is_active or role is not was.role:
        tx.run(tables.CLOSE_SESSIONS, of_staff=staff)


def set_password(tx: Tx, staff: str, *, password_hash: str) -> None:
    """A new password: every session of theirs ends, a lock is lifted. Raises `UnknownStaff`."""
    if not tx.run(tables.SET_PASSWORD, staff=staff, password_hash=password_hash):
        raise UnknownStaff(staff)
    tx.run(tables.CLOSE_SESSIONS, of_staff=staff)


def enrol_totp(tx: Tx, ring: KeyRing, *, staff: str, chance: Callable[[int], int]) -> str:
    """A fresh TOTP secret as an `otpauth://` address, told once; it counts from `confirm_totp` on. Raises `UnknownStaff`."""
    secret = chance(SECRET_BYTES * 8).to_bytes(SECRET_BYTES, "big")
    tx.run(tables.ENROL, staff=staff, sealed=ring.seal(secret.hex(), about=tables.about(staff)))
    return otpauth(secret, login=_known(tx, staff).login, issuer=ISSUER)


def confirm_totp(tx: Tx, ring: KeyRing, *, staff: str, code: str) -> None:
    """The app shows the right code: from now on logging in needs one. Raises `WrongLogin`, `UnknownStaff`."""
    found = tx.one(tables.TOTP_OF, of_id=staff)
    if found is None:
        raise UnknownStaff(staff)
    step = None if found[0] is None else _step(tx, ring, staff, found[0], code=code, after=found[1])
    if step is None:
        raise WrongLogin
    tx.run(tables.CONFIRM, staff=staff, step=step)


def log_in(
    tx: Tx, ring: KeyRing, *, login: str, proven: str | None, code: str, chance: Callable[[int], int]
) -> str | WrongLogin | LockedOut:
    """A session token, told once; or why not. A failure is counted, so it is answered, not raised.

    `proven` is the hash that the password was found to match (`login_of`, `is_password`), None where it did not.
    """
    found = tx.one(tables.TO_LOG_IN, of_login=login)
    if found is None:
        return WrongLogin()
    staff, stands, sealed, has_totp, last_step, failures, locked_until = found
    if locked_until is not None and locked_until > tx.now.ms:
        return LockedOut(locked_until)
    step = last_step
    if has_totp:
        step = _step(tx, ring, staff, sealed, code=code, after=last_step)
    if proven is None or proven != stands or step is None:
        return _failed(tx, staff, failures=failures + 1)
    tx.run(tables.SUCCEED, staff=staff, step=step)
    token = f"{chance(_TOKEN_BITS):064x}"
    until = tx.now.plus(LOGIN_LASTS).ms
    tx.run(tables.OPEN_SESSION, token_sha256=hashed_token(token), staff=staff, opened_at=tx.now.ms, expires_at=until)
    return token


def _failed(tx: Tx, staff: str, *, failures: int) -> WrongLogin | LockedOut:
    is_over = failures >= MOST_FAILURES
    until = tx.now.plus(LOCKED_FOR).ms if is_over else None
    tx.run(tables.FAIL, staff=staff, failures=0 if is_over else failures, until=until)
    return WrongLogin() if until is None else LockedOut(until)


def _step(tx: Tx, ring: KeyRing, staff: str, sealed: str, *, code: str, after: int) -> int | None:
    secret = bytes.fromhex(ring.open(sealed, about=tables.about(staff)))
    return step_of(secret, code, now=tx.now, after=after)


def log_out(tx: Tx, token: str) -> None:
    """The session is over; one that was not is none."""
    tx.run(tables.CLOSE_SESSION, hash=hashed_token(token))


def make_api_key(
    tx: Tx, by: Caller, *, name: str, scopes: Collection[May], lasts: timedelta, chance: Callable[[int], int]
) -> str:
    """An API key, told once and stored as its hash; it may what `scopes` say. Raises `ScopeTooWide`, `UnknownStaff`."""
    maker = _known(tx, by.id)
    is_timely = timedelta(days=1) <= lasts <= _LONGEST_KEY
    if not scopes or not MAY[maker.role].issuperset(scopes) or not is_timely:
        raise ScopeTooWide
    token = f"{KEY_PREFIX}{chance(_TOKEN_BITS):064x}"
    tx.run(
        tables.ADD_KEY,
        id=tx.new_id("key"),
        token_sha256=hashed_token(token),
        staff=maker.id,
        name=name,
        scopes=" ".join(sorted(set(scopes))),
        made_at=tx.now.ms,
        expires_at=tx.now.plus(lasts).ms,
    )
    return token


def revoke_api_key(tx: Tx, by: Caller, *, key: str) -> None:
    """One's own key opens nothing any more. Raises `UnknownKey`, also for another's."""
    if not tx.run(tables.REVOKE, of_id=key, of_staff=by.id, at=tx.now.ms):
        raise UnknownKey(key)


def _known(tx: Tx, staff: str) -> Staff:
    found = tx.one(tables.BY_ID, of_id=staff)
    if found is None:
        raise UnknownStaff(staff)
    return tables.member_of_staff(found)
