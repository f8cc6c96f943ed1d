"""Notices: through which door each left, what WeChat answered, and the ledgers that decide what may be sent."""

from collections.abc import Sequence

from fastapi import APIRouter

from roulian import people, tell
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.shapes import Before, Limit, Listing, View, Words, said
from roulian.words import MemberId, NoticeId


class AttemptView(View):
    """One try at one door; `code` is WeChat's errcode, empty unless it refused."""

    door: str
    status: str
    code: str
    at_ms: int


class NoticeView(View):
    """One message to one member; `chain` is every door its scenario may use, in order."""

    id: str
    member: str
    scenario: str
    about: str
    text: Words
    status: str
    door: str | None
    chain: tuple[str, ...]
    attempts: tuple[AttemptView, ...]
    made_ms: int
    sent_ms: int | None


class QuotaView(View):
    """How many more messages of one template a member allows, as far as our ledger knows."""

    template: str
    left: int


class ConsentView(View):
    """One line of the consent ledger: agreed to a purpose, or took it back."""

    purpose: str
    is_given: bool
    at_ms: int
    text_version: str


class LedgerView(View):
    """What a member allows: one-off messages left by template, and consents by purpose, oldest first."""

    member: str
    quotas: tuple[QuotaView, ...]
    consents: tuple[ConsentView, ...]


def notices_router(deps: ConsoleDeps) -> APIRouter:
    """GET /notices and /members/{id}/ledger."""
    router = APIRouter()

    @router.get("/notices")
    async def notices(
        status: tell.NoticeStatus | None = None,
        scenario: tell.Scenario | None = None,
        member: str | None = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> Listing[NoticeView]:
        """Notices, newest first."""
        statuses = tuple(tell.NoticeStatus) if status is None else (status,)
        scenarios = tuple(tell.Scenario) if scenario is None else (scenario,)
        of = MemberId(member) if member else None

        def read(tx: Tx) -> Listing[NoticeView]:
            found = tell.notices_page(
                tx, statuses=statuses, scenarios=scenarios, member=of, before=before, limit=limit + 1
            )
            shown = found[:limit]
            return Listing(rows=notice_views(tx, shown), names={}, next=shown[-1].id if len(found) > limit else None)

        return await deps.store.ask(read)

    @router.get("/notices/{ident}")
    async def notice(ident: str) -> Listing[NoticeView]:
        """One notice; none where the id is unknown."""

        def read(tx: Tx) -> Listing[NoticeView]:
            found = tuple(tell.notices(tx, [NoticeId(ident)]).values())
            return Listing(rows=notice_views(tx, found), names={}, next=None)

        return await deps.store.ask(read)

    @router.get("/members/{ident}/ledger")
    async def ledger(ident: str) -> LedgerView:
        """What a member allows."""
        return await deps.store.ask(lambda tx: _ledger(tx, MemberId(ident)))

    return router


def notice_views(tx: Tx, notices: Sequence[tell.Notice]) -> tuple[NoticeView, ...]:
    """Notices with what each door answered."""
    answers = tell.answers(tx, [notice.id for notice in notices])
    return tuple(
        NoticeView(
            id=notice.id,
            member=notice.member,
            scenario=notice.scenario,
            about=notice.about,
            text=said(notice),
            status=notice.status,
            door=notice.door,
            chain=tuple(notice.scenario.chain),
            attempts=tuple(
                AttemptView(door=one.door, status=one.status, code=one.code, at_ms=one.tried_at.ms)
                for one in answers[notice.id]
            ),
            made_ms=notice.made_at.ms,
            sent_ms=notice.sent_at.ms if notice.sent_at else None,
        )
        for notice in notices
    )


def _ledger(tx: Tx, member: MemberId) -> LedgerView:
    return LedgerView(
        member=member,
        quotas=tuple(
            QuotaView(template=template, left=left) for template, left in tell.consents(tx, [member])[member].items()
        ),
        consents=tuple(
            ConsentView(
                purpose=entry.purpose,
                is_given=entry.is_given,
                at_ms=entry.at.ms,
                text_version=entry.text_version,
            )
            for entry in people.consents(tx, member)
        ),
    )
