"""The account matrix: who speaks to whom, what WeChat lets each do, and the form and the scan that add one.

Secrets go in and never come out: the page is told whether they are there.
"""

from collections.abc import Awaitable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from roulian import tell
from roulian.gateways.wechat import LOGIN_PAGE
from roulian.store import Tx
from roulian.web.console.deps import AccountDoors, ConsoleDeps
from roulian.web.console.shapes import View
from roulian.words import Rejected

Appid = Annotated[str, Field(pattern=r"^wx[0-9A-Za-z_]{2,62}$", description="the AppID as WeChat's console shows it")]
Secret = Annotated[str, Field(max_length=512, repr=False, description="left empty, the one known already stays")]
Short = Annotated[str, Field(max_length=64)]


_A_MOMENT_MS = 1
_NO_PLATFORM, _NO_TICKET = "no_platform", "no_ticket"


class DenialView(View):
    """WeChat said when that the account may not use this API; not asked again for a day."""

    api: str
    code: str
    at_ms: int


class AccountView(View):
    """One WeChat account of the brand; `permission_sets` are what an authorised account's owner granted."""

    appid: str
    kind: str
    name: str
    role: str
    audience: str
    mode: str
    quota_plan: str
    standing: str
    has_secret: bool
    permission_sets: tuple[int, ...]
    denials: tuple[DenialView, ...]


class AccountForm(View):
    """An account as its operator enters it."""

    kind: Annotated[tell.AccountKind, Field(strict=False)]
    name: Annotated[str, Field(min_length=1, max_length=64)]
    role: Annotated[tell.Role, Field(strict=False)]
    audience: Short = ""
    quota_plan: Short = "standard"
    secret: Secret = ""
    callback_token: Secret = ""
    callback_aes_key: Secret = ""


class ScanView(View):
    """The page on which an account's owner scans and agrees."""

    url: str


def accounts_router(deps: ConsoleDeps) -> APIRouter:
    """GET /accounts, PUT /accounts/{appid} and POST /accounts/scan."""
    router = APIRouter()

    @router.get("/accounts")
    async def accounts() -> tuple[AccountView, ...]:
        """The account matrix."""
        return await deps.store.ask(_matrix)

    @router.put("/accounts/{appid}")
    async def enter(appid: Appid, form: AccountForm) -> AccountView:
        """The account is as entered, and spoken for at once. Refused: bad_account."""
        ring = _doors(deps).ring

        def work(tx: Tx) -> AccountView:
            known = tell.account_secrets(tx, appid, ring=ring) or tell.Secrets()
            account = tell.account(tx, appid) or tell.Account(appid, form.kind, form.name, form.role)
            told = replace(
                account,
                kind=form.kind,
                name=form.name,
                role=form.role,
                audience=form.audience,
                quota_plan=form.quota_plan,
                standing=tell.Standing.ACTIVE,
            )
            tell.enter_account(tx, told, secrets=_merged(known, form), ring=ring)
            return next(view for view in _matrix(tx) if view.appid == appid)

        return await deps.store.run(work, cause="console.account")

    @router.post("/accounts/scan")
    async def scan(request: Request) -> ScanView:
        """Where an account's owner scans to authorise the brand's open platform. Refused: no_open_platform, no_ticket_yet."""
        return ScanView(url=await _scan_page(deps, here=str(request.base_url).rstrip("/")))

    return router


def _doors(deps: ConsoleDeps) -> AccountDoors:
    assert deps.accounts is not None
    return deps.accounts


async def _scan_page(deps: ConsoleDeps, *, here: str) -> str:
    """The page's address. It is good for ten minutes, so simulated time waits until its owner comes back."""
    doors = _doors(deps)
    home, page = (here, here + doors.own_page) if doors.own_page else (doors.public_url, LOGIN_PAGE)
    platform, back_to = doors.wechat.platform, f"{home}/wechat/platform/authorised"
    try:
        link = await platform.authorise_link(back_to=back_to, page=page)
    except Rejected as no:
        if no.code == _NO_PLATFORM:
            raise tell.NoOpenPlatform from no
        if no.code != _NO_TICKET:
            raise
        await platform.start_tickets()
        await deps.clock.step(_A_MOMENT_MS)
        link = await _once_ticketed(platform.authorise_link(back_to=back_to, page=page))
    deps.clock.hold()
    return link


async def _once_ticketed(link: Awaitable[str]) -> str:
    try:
        return await link
    except Rejected as no:
        if no.code == _NO_TICKET:
            raise tell.NoTicketYet from no
        raise


def _merged(known: tell.Secrets, form: AccountForm) -> tell.Secrets:
    return replace(
        known,
        secret=form.secret or known.secret,
        callback_token=form.callback_token or known.callback_token,
        callback_aes_key=form.callback_aes_key or known.callback_aes_key,
    )


def _matrix(tx: Tx) -> tuple[AccountView, ...]:
    sets, denials, sealed = tell.permission_sets(tx), tell.denials(tx), tell.secret_keys(tx)
    return tuple(
        AccountView(
            appid=one.appid,
            kind=one.kind,
            name=one.name,
            role=one.role,
            audience=one.audience,
            mode=one.mode,
            quota_plan=one.quota_plan,
            standing=one.standing,
            has_secret=one.appid in sealed,
            permission_sets=tuple(sorted(sets.get(one.appid, ()))),
            denials=tuple(
                DenialView(api=denial.api, code=denial.code, at_ms=denial.at.ms)
                for denial in denials.get(one.appid, ())
            ),
        )
        for one in tell.accounts(tx)
    )
