"""The open platform's own addresses: tickets and authorisations pushed to it, and owners coming back from their scan.

An account that authorises us is spoken for at once: its refresh token is kept before anything else is asked, for its
owner would have to scan again if it were lost.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from roulian import tell
from roulian.gateways.wechat import (
    AuthorisedAccount,
    Message,
    Reaction,
    TokenShelf,
    WeChat,
    reaction_to,
    text_of,
    ticket_name,
)
from roulian.store import KeyRing, Store, Tx
from roulian.web.hot import Route
from roulian.web.wire import Call, Reply
from roulian.words import Rejected

log = logging.getLogger(__name__)

HEARD = Reply(200, b"success", "text/plain")
CONSOLE_PAGE = "/accounts"
_TICKET_LIVES = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class PlatformDeps:
    """The store, WeChat, the ring that seals, the shelf where tickets are kept, and whom to tell that a scan is over."""

    store: Store
    wechat: WeChat
    ring: KeyRing
    shelf: TokenShelf
    owner_is_back: Callable[[], None]


def platform_routes(deps: PlatformDeps) -> Sequence[Route]:
    """The open platform's routes, bound to what they need."""
    return (
        Route("POST", "/wechat/platform", partial(news, deps), summary="WeChat: tickets and authorisations"),
        Route(
            "GET", "/wechat/platform/authorised", partial(came_back, deps), summary="An owner comes back from a scan"
        ),
    )


async def news(deps: PlatformDeps, call: Call) -> Reply:
    """Keep the ticket, or enter what an owner granted, changed or took back; repeated news change nothing."""
    try:
        push = await deps.wechat.inbox.open_platform(call.asked(), call.body)
        await _heard(deps, push.message)
    except Rejected as error:
        log.warning("news for the open platform were refused: %s", error)
        return Reply(403, error.code.encode(), "text/plain")
    return HEARD


async def _heard(deps: PlatformDeps, said: Message) -> None:
    appid = text_of(said, "AuthorizerAppid")
    match text_of(said, "InfoType"):
        case "component_verify_ticket":
            until = deps.store.clock.now().plus(_TICKET_LIVES)
            ticket = text_of(said, "ComponentVerifyTicket")
            await deps.shelf.keep(ticket_name(text_of(said, "AppId")), ticket, expires_at=until)
        case "authorized" | "updateauthorized":
            await _join(deps, text_of(said, "AuthorizationCode"))
        case "unauthorized":
            await deps.store.run(partial(_leave, appid), cause="wechat.unauthorized")
        case _:
            return


async def came_back(deps: PlatformDeps, call: Call) -> Reply:
    """The owner who agreed is led to the console's accounts page, where the account stands."""
    deps.owner_is_back()
    try:
        await _join(deps, call.asked().get("auth_code", ""))
    except Rejected as error:
        log.warning("an owner came back with a code that WeChat refuses: %s", error)
        return Reply(303, headers={"location": f"{CONSOLE_PAGE}?refused={error.code}"})
    return Reply(303, headers={"location": CONSOLE_PAGE})


async def _join(deps: PlatformDeps, code: str) -> None:
    """WeChat tells of an authorisation twice, by push and by redirect; a code that is spent was used by the other."""
    try:
        given = await deps.wechat.platform.authorised(code)
    except Rejected as error:
        if reaction_to(error) is Reaction.AUTHORISE_AGAIN:
            return
        raise
    await deps.store.run(
        lambda tx: tell.save_secrets(
            tx, given.appid, secrets=tell.Secrets(refresh_token=given.refresh_token), ring=deps.ring
        ),
        cause="wechat.authorized",
    )
    told = await deps.wechat.platform.account(given.appid)
    await deps.store.run(partial(_enter, told), cause="wechat.authorized")


def _enter(told: AuthorisedAccount, tx: Tx) -> None:
    tell.save_accounts(
        tx, [tell.authorised_account(tell.account(tx, told.appid), told.appid, name=told.name, kind=_kind(told))]
    )
    tell.learn_rights(tx, told.appid, permission_sets=told.permission_sets)


def _kind(told: AuthorisedAccount) -> tell.AccountKind:
    if told.is_mini_program:
        return tell.AccountKind.MINI_PROGRAM
    return tell.AccountKind.SERVICE if told.is_service else tell.AccountKind.SUBSCRIPTION


def _leave(appid: str, tx: Tx) -> None:
    if tell.account(tx, appid) is not None:
        tell.stand(tx, appid, standing=tell.Standing.UNAUTHORISED)
