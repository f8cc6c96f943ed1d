"""Who can be reached now and what the ledgers hold: quotas with the source of every number, windows, followers."""

from fastapi import APIRouter

from roulian import tell
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.shapes import View


class RouteView(View):
    """One way and how many members it is the best for; `beyond` of them wait for a quota to begin anew.

    `expected_refusals` is what WeChat will refuse of the rest, if it goes as in the last 28 days.
    """

    door: str
    account: str
    members: int
    beyond: int
    expected_refusals: int


class ObstacleView(View):
    """Why so many members cannot be reached now."""

    obstacle: str
    members: int


class ReachView(View):
    """Everyone the ledgers know, parted by the best way to tell them of one scenario; order cards and pages apart."""

    scenario: str
    at_ms: int
    targeted: int
    reachable: int
    routes: tuple[RouteView, ...]
    obstacles: tuple[ObstacleView, ...]


class DoorQuotaView(View):
    """One count of one account's door. `most` and `left` are null where WeChat names no number.

    `shut_until_ms` and `code` are WeChat's refusal that shut the door. `mark`: D document, V an SDK's source,
    C community report, U our own cautious reading.
    """

    account: str
    door: str
    per: str
    used: int
    most: int | None
    left: int | None
    shut_until_ms: int | None
    code: str
    source: str
    date: str
    mark: str
    note: str


class ContactsView(View):
    """Whom one account can write to: members it may answer now, and how members stand to it."""

    account: str
    answerable: int
    following: int
    left: int
    blocked: int


def reach_router(deps: ConsoleDeps) -> APIRouter:
    """GET /reach, /quotas and /contacts."""
    router = APIRouter()

    @router.get("/reach")
    async def reach(scenario: tell.Scenario = tell.Scenario.LAUNCH) -> ReachView:
        """How many members can be told of this scenario now, by which door, and why the others cannot."""
        return await deps.store.ask(lambda tx: _reach(tx, deps, scenario))

    @router.get("/quotas")
    async def quotas() -> tuple[DoorQuotaView, ...]:
        """What every account has used of each door, beside what WeChat allows and who says so."""
        return await deps.store.ask(lambda tx: _quotas(tx, deps))

    @router.get("/contacts")
    async def contacts() -> tuple[ContactsView, ...]:
        """Followers and open windows of every account of the matrix."""
        return await deps.store.ask(_contacts)

    return router


def _reach(tx: Tx, deps: ConsoleDeps, scenario: tell.Scenario) -> ReachView:
    senders = tell.senders(tx, templates=deps.templates)
    found = tell.reach(tx, scenario, senders=senders, limits=deps.limits)
    counted = tell.audience(tx, found, senders=senders, limits=deps.limits)
    return ReachView(
        scenario=scenario,
        at_ms=found.at.ms,
        targeted=counted.targeted,
        reachable=counted.reachable,
        routes=tuple(
            RouteView(
                door=one.route.door,
                account=one.route.account,
                members=one.members,
                beyond=one.beyond,
                expected_refusals=one.expected_refusals,
            )
            for one in counted.routes
            if one.route.door is not tell.Door.USER_NOTIFY  # a card belongs to an order, not to a member
        ),
        obstacles=tuple(ObstacleView(obstacle=why, members=n) for why, n in counted.obstacles.items() if n),
    )


def _quotas(tx: Tx, deps: ConsoleDeps) -> tuple[DoorQuotaView, ...]:
    found = tell.quotas(tx, senders=tell.senders(tx, templates=deps.templates), limits=deps.limits)
    return tuple(
        DoorQuotaView(
            account=one.account,
            door=one.cap.door,
            per=one.cap.per,
            used=one.used,
            most=one.cap.most,
            left=one.left,
            shut_until_ms=None if one.shut_until is None else one.shut_until.ms,
            code=one.code,
            source=one.cap.source,
            date=one.cap.date,
            mark=one.cap.mark,
            note=one.cap.note,
        )
        for one in found
    )


def _contacts(tx: Tx) -> tuple[ContactsView, ...]:
    answerable, follows = tell.window_counts(tx), tell.follow_counts(tx)
    none = dict.fromkeys(tell.Follow, 0)
    return tuple(
        ContactsView(
            account=one.appid,
            answerable=answerable.get(one.appid, 0),
            following=follows.get(one.appid, none)[tell.Follow.FOLLOWING],
            left=follows.get(one.appid, none)[tell.Follow.LEFT],
            blocked=follows.get(one.appid, none)[tell.Follow.BLOCKED],
        )
        for one in tell.accounts(tx)
    )
