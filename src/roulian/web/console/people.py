"""Members in the console: half hidden in lists, opened for a recorded purpose; merges; the rights of the person."""

import csv
import io
import re
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from roulian import people, sell
from roulian.flows import rights
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.guard import caller_of
from roulian.web.console.shapes import Before, Limit, Listing, View
from roulian.web.console.staff import Done, doors
from roulian.words import MemberId

_PHONE = re.compile(r"\+\d+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class MemberRow(View):
    """A member in a list; `phone` is half hidden, null where there is none."""

    id: str
    region: str
    joined_ms: int
    phone: str | None


class EdgeView(View):
    """One thing a person is known by; `at` is which of their ids it belongs to."""

    member: str
    known: str
    evidence: str
    since_ms: int


class MergeView(View):
    """A merge that holds, or held until `parted_ms`."""

    id: str
    kept: str
    gone: str
    evidence: str
    merged_ms: int
    parted_ms: int | None


class ConsentLine(View):
    """One line of the consent ledger."""

    purpose: str
    is_given: bool
    text_version: str
    at_ms: int


class MemberDetail(View):
    """One person: every id of theirs, what they are known by, what they agreed to, their newest orders."""

    member: MemberRow
    ids: tuple[str, ...]
    edges: tuple[EdgeView, ...]
    merges: tuple[MergeView, ...]
    consents: tuple[ConsentLine, ...]
    orders: tuple[str, ...]


class ReadingForm(View):
    """What is to be read, and for what."""

    fields: Annotated[tuple[Annotated[people.Personal, Field(strict=False)], ...], Field(min_length=1, strict=False)]
    purpose: Annotated[people.Purpose, Field(strict=False)]


class AddressView(View):
    """An address in full."""

    id: str
    name: str
    phone: str
    region_code: str
    street: str


class PersonalView(View):
    """Personal data in full, read as line `reading` of the record."""

    reading: int
    phone: str | None
    addresses: tuple[AddressView, ...]


class PhoneForm(View):
    """The right number."""

    phone: Annotated[str, Field(max_length=32, repr=False)]


class ProposalView(View):
    """Two members who may be one."""

    id: str
    one: str
    other: str
    evidence: str
    status: str
    made_ms: int
    decided_by: str


class PartForm(View):
    """A merge to be taken back."""

    kept: str
    gone: str


class HoldingView(View):
    """One thing held of the person."""

    what: str
    fields: dict[str, str | int | None]


class TableView(View):
    """A table as CSV text with a header: number, what, field, value; no cell of it is a formula."""

    csv: str


def people_router(deps: ConsoleDeps) -> APIRouter:
    """/members and /merges."""
    router = APIRouter()
    _add_members(router, deps)
    _add_reading(router, deps)
    _add_rights(router, deps)
    _add_merges(router, deps)
    return router


def _add_members(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.get("/members")
    async def members(region: str | None = None, before: Before = None, limit: Limit = 50) -> Listing[MemberRow]:
        """Members, newest first, their numbers half hidden."""

        def read(tx: Tx) -> Listing[MemberRow]:
            found = people.members_page(tx, region=region, before=before, limit=limit + 1)
            shown = found[:limit]
            following = shown[-1].id if len(found) > limit else None
            return Listing(rows=_rows(tx, deps, shown), names={}, next=following)

        return await deps.store.ask(read)

    @router.get("/members/{ident}")
    async def member(ident: str) -> MemberDetail:
        """One person by any of their ids. Refused: unknown_member."""
        return await deps.store.ask(lambda tx: _detail(tx, deps, MemberId(ident)))


def _rows(tx: Tx, deps: ConsoleDeps, shown: tuple[people.Member, ...]) -> tuple[MemberRow, ...]:
    phones = people.masked_phones(tx, doors(deps).ring, [one.id for one in shown])
    return tuple(
        MemberRow(id=one.id, region=one.region, joined_ms=one.joined_at.ms, phone=phones.get(one.id)) for one in shown
    )


def _detail(tx: Tx, deps: ConsoleDeps, ident: MemberId) -> MemberDetail:
    known = people.members(tx, [ident]).get(ident)
    if known is None:
        raise people.UnknownMember(ident)
    family = people.families(tx, [ident])[ident]
    orders = (order.id for one in family for order in sell.orders_page(tx, member=one))
    return MemberDetail(
        member=_rows(tx, deps, (known,))[0],
        ids=family,
        edges=tuple(
            EdgeView(member=edge.member, known=edge.known, evidence=edge.evidence, since_ms=edge.since.ms)
            for edge in people.identities(tx, [ident])[ident]
        ),
        merges=tuple(
            MergeView(
                id=one.id,
                kept=one.kept,
                gone=one.gone,
                evidence=one.evidence,
                merged_ms=one.merged_at.ms,
                parted_ms=one.parted_at.ms if one.parted_at else None,
            )
            for one in people.merges(tx, family)
        ),
        consents=tuple(
            ConsentLine(purpose=one.purpose, is_given=one.is_given, text_version=one.text_version, at_ms=one.at.ms)
            for one in people.consents(tx, ident)
        ),
        orders=tuple(sorted(orders, reverse=True)),
    )


def _add_reading(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.post("/members/{ident}/readings")
    async def read(request: Request, ident: str, form: ReadingForm) -> PersonalView:
        """Numbers and addresses in full; the reading is recorded. Refused: no_consent, unknown_member."""
        ring, reader, member = doors(deps).ring, caller_of(request).id, MemberId(ident)

        def work(tx: Tx) -> PersonalView:
            if not people.members(tx, [member]):
                raise people.UnknownMember(member)
            reading = people.note_reading(tx, [member], reader=reader, fields=form.fields, purpose=form.purpose)
            wants_phone, wants_address = (
                kind in form.fields for kind in (people.Personal.PHONE, people.Personal.ADDRESS)
            )
            found = people.addresses(tx, ring, reading=reading)[member] if wants_address else ()
            return PersonalView(
                reading=reading.seq,
                phone=people.phones(tx, ring, reading=reading).get(member) if wants_phone else None,
                addresses=tuple(_address(kept) for kept in found),
            )

        return await deps.store.run(work, cause="console.reading")


def _address(kept: people.KeptAddress) -> AddressView:
    where = kept.address
    return AddressView(
        id=kept.id, name=where.name, phone=where.phone, region_code=where.region_code, street=where.street
    )


def _add_rights(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.post("/members/{ident}/export")
    async def export(request: Request, ident: str) -> tuple[HoldingView, ...]:
        """Everything held of the person; the reading is recorded. Refused: unknown_member."""
        holdings = await _holdings(deps, request, ident)
        return tuple(HoldingView(what=held.what, fields=dict(held.fields)) for held in holdings)

    @router.post("/members/{ident}/export.csv")
    async def export_csv(request: Request, ident: str) -> TableView:
        """The same as a table for Excel. Refused: unknown_member."""
        return TableView(csv=_table(await _holdings(deps, request, ident)))

    @router.put("/members/{ident}/phone")
    async def correct(request: Request, ident: str, form: PhoneForm) -> Done:
        """The number was wrong and is right now. Refused: bad_phone, unknown_member."""
        ring, by = doors(deps).ring, caller_of(request).id

        def work(tx: Tx) -> MemberId:
            return people.set_phone(tx, ring, member=MemberId(ident), phone=form.phone, evidence=f"corrected by {by}")

        return Done(id=await deps.store.run(work, cause="console.rights"))

    @router.post("/members/{ident}/erasure")
    async def erase(ident: str) -> Done:
        """The person is forgotten. Refused: orders_under_way, unknown_member."""
        await deps.store.run(lambda tx: rights.erase(tx, MemberId(ident)), cause="console.rights")
        return Done(id=ident)


async def _holdings(deps: ConsoleDeps, request: Request, ident: str) -> tuple[people.Holding, ...]:
    ring, by = doors(deps).ring, caller_of(request).id
    return await deps.store.run(
        lambda tx: rights.export(tx, ring, member=MemberId(ident), by=by), cause="console.rights"
    )


def _table(holdings: tuple[people.Holding, ...]) -> str:
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(("number", "what", "field", "value"))
    for number, held in enumerate(holdings, start=1):
        for name, value in held.fields.items():
            table.writerow((number, held.what, name, _plain(value)))
    return out.getvalue()


def _plain(value: people.Cell) -> people.Cell:
    """The value as text that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA) and not _PHONE.fullmatch(value):
        return f"'{value}"
    return value


def _add_merges(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.get("/merges")
    async def proposals(
        status: people.MergeStatus | None = None, before: Before = None, limit: Limit = 50
    ) -> Listing[ProposalView]:
        """Proposed merges, newest first."""
        statuses = tuple(people.MergeStatus) if status is None else (status,)
        found = await deps.store.ask(
            lambda tx: people.merge_proposals(tx, statuses=statuses, before=before, limit=limit + 1)
        )
        shown = tuple(_proposal(one) for one in found[:limit])
        return Listing(rows=shown, names={}, next=shown[-1].id if len(found) > limit else None)

    @router.post("/merges/{ident}/accept")
    async def accept(request: Request, ident: str) -> Done:
        """They are one person; the answer names whom they answer as. Refused: not_proposed."""
        by = caller_of(request).id
        kept = await deps.store.run(lambda tx: people.accept_merge(tx, ident, by=by), cause="console.merge")
        return Done(id=kept)

    @router.post("/merges/{ident}/refuse")
    async def refuse(request: Request, ident: str) -> Done:
        """They are two. Refused: not_proposed."""
        by = caller_of(request).id
        await deps.store.run(lambda tx: people.refuse_merge(tx, ident, by=by), cause="console.merge")
        return Done(id=ident)

    @router.post("/merges/part")
    async def part(form: PartForm) -> Done:
        """A merge is taken back. Refused: not_merged."""
        kept, gone = MemberId(form.kept), MemberId(form.gone)
        await deps.store.run(lambda tx: people.part(tx, kept, gone=gone), cause="console.merge")
        return Done(id=gone)


def _proposal(one: people.MergeProposal) -> ProposalView:
    return ProposalView(
        id=one.id,
        one=one.one,
        other=one.other,
        evidence=one.evidence,
        status=one.status,
        made_ms=one.made_at.ms,
        decided_by=one.decided_by,
    )
