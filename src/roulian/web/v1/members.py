"""Members: half hidden to all who may see them; in full for a purpose, which is written into the record of readings."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from roulian import people
from roulian.store import Tx
from roulian.web.v1.deps import V1Deps
from roulian.web.v1.guard import caller_of
from roulian.web.v1.shapes import Cursor, Id, Limit, Page, View, key_behind, page
from roulian.words import MemberId

LIST = "members"


class MemberView(View):
    """A member; `phone` is half hidden (`+86138****8000`), null where there is none."""

    id: str
    region: str
    joined_ms: int
    phone: str | None


class ReadingForm(View):
    """What is to be read, and for which purpose the member agreed to."""

    fields: Annotated[
        tuple[Annotated[people.Personal, Field(strict=False)], ...], Field(min_length=1, max_length=10, strict=False)
    ]
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


def members_router(deps: V1Deps) -> APIRouter:
    """/v1/members."""
    router = APIRouter(tags=["members"])

    @router.get("/v1/members")
    async def members(region: Id = None, cursor: Cursor = None, limit: Limit = 50) -> Page[MemberView]:
        """Members, newest first."""
        after = key_behind(cursor, LIST)

        def read(tx: Tx) -> Page[MemberView]:
            before = after[0] if after else None
            rows = _views(tx, deps, people.members_page(tx, region=region, before=before, limit=limit + 1))
            return page(LIST, rows, keys=[(row.id,) for row in rows], limit=limit)

        return await deps.store.ask(read)

    @router.get("/v1/members/{member}")
    async def member(member: str) -> MemberView:
        """One member, by any of their ids. Refused: unknown_member."""
        return await deps.store.ask(lambda tx: _views(tx, deps, (_known(tx, member),))[0])

    @router.post("/v1/members/{member}/readings")
    async def read_personal(request: Request, member: str, form: ReadingForm) -> PersonalView:
        """Number and addresses in full. Each call is a reading of its own in the record, so it takes no idempotency key.

        Refused: no_consent, unknown_member.
        """
        reader = caller_of(request).id
        return await deps.store.run(lambda tx: _read(tx, deps, _known(tx, member), form, reader), cause="v1.reading")

    return router


def _known(tx: Tx, ident: str) -> people.Member:
    known = people.members(tx, [MemberId(ident)]).get(MemberId(ident))
    if known is None:
        raise people.UnknownMember(MemberId(ident))
    return known


def _views(tx: Tx, deps: V1Deps, found: tuple[people.Member, ...]) -> tuple[MemberView, ...]:
    phones = people.masked_phones(tx, deps.ring, [one.id for one in found])
    return tuple(
        MemberView(id=one.id, region=one.region, joined_ms=one.joined_at.ms, phone=phones.get(one.id)) for one in found
    )


def _read(tx: Tx, deps: V1Deps, member: people.Member, form: ReadingForm, reader: str) -> PersonalView:
    reading = people.note_reading(tx, [member.id], reader=reader, fields=form.fields, purpose=form.purpose)
    wants_phone, wants_address = (kind in form.fields for kind in (people.Personal.PHONE, people.Personal.ADDRESS))
    phone = people.phones(tx, deps.ring, reading=reading).get(member.id) if wants_phone else None
    addresses = people.addresses(tx, deps.ring, reading=reading)[member.id] if wants_address else ()
    return PersonalView(
        reading=reading.seq,
        phone=phone,
        addresses=tuple(
            AddressView(
                id=kept.id,
                name=kept.address.name,
                phone=kept.address.phone,
                region_code=kept.address.region_code,
                street=kept.address.street,
            )
            for kept in addresses
            if kept.dropped_at is None
        ),
    )
