"""Logging in, staff and their keys, and the record of who read personal data."""

import asyncio
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from roulian import people
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps, StaffDoors
from roulian.web.console.guard import COOKIE, PREFIX, caller_of, token_of
from roulian.web.console.shapes import Limit, View
from roulian.words import Refusal

_Text = Annotated[str, Field(min_length=1, max_length=64)]
_Password = Annotated[str, Field(max_length=1024, repr=False)]
_Code = Annotated[str, Field(pattern=r"^\d{0,8}$")]


class LoginForm(View):
    """`code` is the authenticator's six digits, empty for those who have none yet."""

    login: Annotated[str, Field(max_length=64)]
    password: _Password
    code: _Code = ""


class CodeForm(View):
    """The six digits the authenticator shows."""

    code: _Code


class CallerView(View):
    """Who is calling, and what they may."""

    id: str
    name: str
    may: tuple[str, ...]


class EnrolmentView(View):
    """The address to show as a QR code to the authenticator, this once."""

    otpauth: str


class StaffView(View):
    """Somebody who works here."""

    id: str
    login: str
    name: str
    role: str
    is_active: bool
    has_totp: bool
    locked_until_ms: int | None


class NewStaff(View):
    """Somebody new, with their first password."""

    login: _Text
    name: _Text
    role: Annotated[people.Role, Field(strict=False)]
    password: _Password


class StaffForm(View):
    """What may change about somebody."""

    name: _Text
    role: Annotated[people.Role, Field(strict=False)]
    is_active: bool


class PasswordForm(View):
    """A new password."""

    password: _Password


class KeyForm(View):
    """An API key to be: what it may, and for how long."""

    name: _Text
    scopes: Annotated[tuple[Annotated[people.May, Field(strict=False)], ...], Field(strict=False)]
    lasts_days: Annotated[int, Field(ge=1, le=365)]


class KeyView(View):
    """An API key; its token is shown once, when it is made."""

    id: str
    name: str
    scopes: tuple[str, ...]
    made_ms: int
    expires_ms: int
    revoked_ms: int | None


class TokenView(View):
    """A fresh API key's token, shown this once."""

    token: str


class ReadingView(View):
    """One line of the record of readings."""

    seq: int
    at_ms: int
    reader: str
    purpose: str
    fields: tuple[str, ...]
    members: tuple[str, ...]
    digest: str


class ChainView(View):
    """Whether the record holds: the first line that does not, or null."""

    first_broken: int | None


class Done(View):
    """It is so."""

    id: str


def staff_router(deps: ConsoleDeps) -> APIRouter:
    """/session, /staff, /keys and /readings."""
    router = APIRouter()
    _add_session(router, deps)
    _add_authenticator(router, deps)
    _add_staff(router, deps)
    _add_keys(router, deps)
    _add_readings(router, deps)
    return router


def doors(deps: ConsoleDeps) -> StaffDoors:
    """What these doors need; a console composed without it has none of them in use."""
    assert deps.staff is not None
    return deps.staff


def _caller_view(caller: people.Caller) -> CallerView:
    return CallerView(id=caller.id, name=caller.name, may=tuple(sorted(caller.may)))


def _add_session(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.post("/session")
    async def log_in(form: LoginForm, response: Response) -> CallerView:
        """A session in a cookie. Refused: wrong_login, locked_out."""
        keeper = doors(deps)
        stands = await deps.store.ask(lambda tx: people.login_of(tx, form.login))
        fits = await asyncio.to_thread(people.is_password, form.password, stands.password_hash)
        proven = stands.password_hash if fits else None

        def work(tx: Tx) -> str | Refusal:
            return people.log_in(tx, keeper.ring, login=form.login, proven=proven, code=form.code, chance=keeper.chance)

        answer = await deps.store.run(work, cause="console.session")
        if isinstance(answer, Refusal):
            raise answer
        caller = await deps.store.ask(lambda tx: people.caller_of_session(tx, answer))
        assert caller is not None
        lasts_s = int(people.LOGIN_LASTS.total_seconds())
        response.set_cookie(
            COOKIE, answer, max_age=lasts_s, path=PREFIX, httponly=True, samesite="strict", secure=keeper.is_secure
        )
        return _caller_view(caller)

    @router.get("/session")
    async def who(request: Request) -> CallerView:
        """Who I am and what I may."""
        return _caller_view(caller_of(request))

    @router.delete("/session")
    async def log_out(request: Request, response: Response) -> CallerView:
        """The session is over."""
        token = token_of(request)
        await deps.store.run(lambda tx: people.log_out(tx, token), cause="console.session")
        response.delete_cookie(COOKIE, path=PREFIX)
        return _caller_view(caller_of(request))


def _add_authenticator(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.post("/session/totp")
    async def enrol(request: Request) -> EnrolmentView:
        """A secret for my authenticator; it counts once I confirm it. Refused: unknown_staff."""
        keeper, me = doors(deps), caller_of(request)
        address = await deps.store.run(
            lambda tx: people.enrol_totp(tx, keeper.ring, staff=me.id, chance=keeper.chance), cause="console.totp"
        )
        return EnrolmentView(otpauth=address)

    @router.post("/session/totp/confirm")
    async def confirm(request: Request, form: CodeForm) -> Done:
        """My authenticator shows this: from now on I log in with it. Refused: wrong_login."""
        keeper, me = doors(deps), caller_of(request)
        await deps.store.run(
            lambda tx: people.confirm_totp(tx, keeper.ring, staff=me.id, code=form.code), cause="console.totp"
        )
        return Done(id=me.id)


def _add_staff(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.get("/staff")
    async def staff() -> tuple[StaffView, ...]:
        """Everyone who works here or did."""
        return tuple(_staff_view(one) for one in await deps.store.ask(people.staff))

    @router.post("/staff")
    async def add(form: NewStaff) -> Done:
        """Somebody new. Refused: bad_login, login_taken, weak_password."""
        hashed = await _hashed(deps, form.password, login=form.login)
        ident = await deps.store.run(
            lambda tx: people.add_staff(tx, form.login, name=form.name, role=form.role, password_hash=hashed),
            cause="console.staff",
        )
        return Done(id=ident)

    @router.put("/staff/{ident}")
    async def change(ident: str, form: StaffForm) -> Done:
        """Their name, role, or that they left. Refused: unknown_staff, last_admin."""
        await deps.store.run(
            lambda tx: people.change_staff(tx, ident, name=form.name, role=form.role, is_active=form.is_active),
            cause="console.staff",
        )
        return Done(id=ident)

    @router.put("/staff/{ident}/password")
    async def set_password(ident: str, form: PasswordForm) -> Done:
        """A new password, a lock lifted. Refused: unknown_staff, weak_password."""
        known = await deps.store.ask(people.staff)
        login = next((one.login for one in known if one.id == ident), None)
        if login is None:
            raise people.UnknownStaff(ident)
        hashed = await _hashed(deps, form.password, login=login)
        await deps.store.run(lambda tx: people.set_password(tx, ident, password_hash=hashed), cause="console.staff")
        return Done(id=ident)


async def _hashed(deps: ConsoleDeps, password: str, *, login: str) -> str:
    people.check_password(password, login=login)
    salt = doors(deps).chance(people.SALT_BYTES * 8).to_bytes(people.SALT_BYTES, "big")
    return await asyncio.to_thread(people.password_hash, password, salt=salt)


def _staff_view(one: people.Staff) -> StaffView:
    return StaffView(
        id=one.id,
        login=one.login,
        name=one.name,
        role=one.role,
        is_active=one.is_active,
        has_totp=one.has_totp,
        locked_until_ms=one.locked_until.ms if one.locked_until else None,
    )


def _add_keys(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.get("/keys")
    async def keys(request: Request) -> tuple[KeyView, ...]:
        """My API keys."""
        me = caller_of(request)
        return tuple(_key_view(key) for key in await deps.store.ask(lambda tx: people.api_keys(tx, [me.id])))

    @router.post("/keys")
    async def make(request: Request, form: KeyForm) -> TokenView:
        """A key for a program, its token shown this once. Refused: scope_too_wide, unknown_staff."""
        keeper, me = doors(deps), caller_of(request)

        def work(tx: Tx) -> str:
            lasts = timedelta(days=form.lasts_days)
            return people.make_api_key(tx, me, name=form.name, scopes=form.scopes, lasts=lasts, chance=keeper.chance)

        return TokenView(token=await deps.store.run(work, cause="console.keys"))

    @router.delete("/keys/{ident}")
    async def revoke(request: Request, ident: str) -> Done:
        """My key opens nothing any more. Refused: unknown_key."""
        me = caller_of(request)
        await deps.store.run(lambda tx: people.revoke_api_key(tx, me, key=ident), cause="console.keys")
        return Done(id=ident)


def _key_view(key: people.ApiKey) -> KeyView:
    return KeyView(
        id=key.id,
        name=key.name,
        scopes=key.scopes,
        made_ms=key.made_at.ms,
        expires_ms=key.expires_at.ms,
        revoked_ms=key.revoked_at.ms if key.revoked_at else None,
    )


def _add_readings(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.get("/readings")
    async def readings(before: int | None = None, limit: Limit = 50) -> tuple[ReadingView, ...]:
        """Who read whose personal data, newest first."""
        lines = await deps.store.ask(lambda tx: people.readings_page(tx, before=before, limit=limit))
        return tuple(
            ReadingView(
                seq=line.seq,
                at_ms=line.at.ms,
                reader=line.reader,
                purpose=line.purpose,
                fields=line.fields,
                members=line.members,
                digest=line.digest,
            )
            for line in lines
        )

    @router.get("/readings/verify")
    async def verify() -> ChainView:
        """Walk the whole record and say whether it holds."""
        return ChainView(first_broken=await deps.store.ask(people.first_broken_reading))
