"""What a member tells us of themself, and what they may ask of us: consents, number, addresses, export, erasure.

Every door speaks of the caller alone: whose data it is comes from the session, never from the request.
"""

from collections.abc import Callable
from typing import Annotated

import msgspec

from roulian import people
from roulian.flows import rights
from roulian.gateways.wechat import Reaction, reaction_to
from roulian.store import Tx
from roulian.web.hot import Route
from roulian.web.storefront.deps import StoreDeps, caller
from roulian.web.wire import Call, Reply
from roulian.words import Refusal, Rejected

_Short = Annotated[str, msgspec.Meta(max_length=64)]
_Long = Annotated[str, msgspec.Meta(max_length=256)]


class StaleCode(Refusal):
    """The code of the phone button was used before or is older than five minutes."""

    code = "stale_phone_code"
    zh = "手机号授权已过期,请再点一次按钮。"
    en = "This permission has expired. Tap the phone button again."


class PhoneTap(msgspec.Struct, forbid_unknown_fields=True):
    """The code that the phone button gave the page, good once, for five minutes."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]


class ConsentWord(msgspec.Struct, forbid_unknown_fields=True):
    """A yes or no to one purpose, under the version of the text that was shown."""

    purpose: people.Purpose
    is_given: bool
    text_version: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class AddressForm(msgspec.Struct, forbid_unknown_fields=True):
    """Where to deliver to; `region_code` is six digits of GB/T 2260, `city` and `district` as `wx.chooseAddress` names them."""

    name: _Long
    phone: _Short
    region_code: _Short
    street: Annotated[str, msgspec.Meta(max_length=1024)]
    city: _Short = ""
    district: _Short = ""


async def set_phone(deps: StoreDeps, call: Call) -> Reply:
    """Exchange the button's code with WeChat; another account with the same number is the same person."""
    wanted = msgspec.json.decode(call.body, type=PhoneTap)
    await deps.store.ask(lambda tx: caller(tx, call.token()))
    try:
        found = await deps.wechat.login.phone_number(deps.appid, wanted.code)
    except Rejected as error:
        if reaction_to(error) is Reaction.LOG_IN_AGAIN:
            raise StaleCode from error
        raise

    def work(tx: Tx) -> dict[str, object]:
        member = caller(tx, call.token())
        kept = people.set_phone(tx, deps.ring, member=member, phone=f"+{found.country_code}{found.number}")
        return {"member": kept, "phone": people.masked_phones(tx, deps.ring, [kept])[kept]}

    return Reply.json(await deps.store.run(work, cause="web.member"))


async def say_consent(deps: StoreDeps, call: Call) -> Reply:
    """Write a yes or a no into the ledger; a no works at once."""
    word = msgspec.json.decode(call.body, type=ConsentWord)

    def work(tx: Tx) -> None:
        member = caller(tx, call.token())
        say = people.give_consent if word.is_given else people.withdraw_consent
        say(tx, member, purpose=word.purpose, text_version=word.text_version)

    await deps.store.run(work, cause="web.consent")
    return await consents(deps, call)


async def consents(deps: StoreDeps, call: Call) -> Reply:
    """The caller's whole ledger, oldest first."""

    def read(tx: Tx) -> list[dict[str, object]]:
        return [
            {"purpose": one.purpose, "is_given": one.is_given, "text_version": one.text_version, "at_ms": one.at.ms}
            for one in people.consents(tx, caller(tx, call.token()))
        ]

    return Reply.json({"consents": await deps.store.ask(read)})


async def addresses(deps: StoreDeps, call: Call) -> Reply:
    """The caller's addresses in use."""

    def read(tx: Tx) -> list[dict[str, str]]:
        member = caller(tx, call.token())
        found = people.addresses(tx, deps.ring, reading=people.Reading.own(member))[member]
        return [{"id": kept.id, **_shown(kept.address)} for kept in found if kept.dropped_at is None]

    return Reply.json({"addresses": await deps.store.ask(read)})


def _shown(address: people.Address) -> dict[str, str]:
    return {
        "name": address.name,
        "phone": address.phone,
        "region_code": address.region_code,
        "street": address.street,
        "city": address.city,
        "district": address.district,
    }


async def keep_address(deps: StoreDeps, call: Call) -> Reply:
    """Keep an address, sealed. To correct one, keep the right one and drop the wrong one."""
    form = msgspec.json.decode(call.body, type=AddressForm)
    address = people.Address(form.name, form.phone, form.region_code, form.street, form.city, form.district)

    def work(tx: Tx) -> str:
        return people.keep_address(tx, deps.ring, member=caller(tx, call.token()), address=address)

    return Reply.json({"id": await deps.store.run(work, cause="web.address")}, status=201)


async def drop_address(deps: StoreDeps, call: Call) -> Reply:
    """The caller no longer uses the address."""
    ident = call.path["address"]
    await deps.store.run(
        lambda tx: people.drop_address(tx, caller(tx, call.token()), address=ident), cause="web.address"
    )
    return Reply.json({"id": ident})


async def export(deps: StoreDeps, call: Call) -> Reply:
    """Everything we hold of the caller."""

    def work(tx: Tx) -> tuple[people.Holding, ...]:
        member = caller(tx, call.token())
        return rights.export(tx, deps.ring, member=member, by=member)

    holdings = await deps.store.run(work, cause="web.export")
    return Reply.json({"holdings": [{"what": held.what, **held.fields} for held in holdings]})


async def erase(deps: StoreDeps, call: Call) -> Reply:
    """Close the caller's account: what they are known by is gone, every session over."""

    def work(tx: Tx) -> None:
        rights.erase(tx, caller(tx, call.token()))

    await deps.store.run(work, cause="web.erase")
    return Reply.json({"erased": True})


def doors(bound: Callable[..., Route]) -> tuple[Route, ...]:
    """Every door of this file; `bound` puts a handler behind a path of the storefront."""
    return (
        bound("POST", "/members/me/phone", set_phone, request=PhoneTap, summary="Phone button → number"),
        bound("GET", "/members/me/consents", consents, summary="What I agreed to, and when"),
        bound("POST", "/members/me/consents", say_consent, request=ConsentWord, summary="Agree, or no more"),
        bound("GET", "/members/me/addresses", addresses, summary="My addresses"),
        bound("POST", "/members/me/addresses", keep_address, request=AddressForm, summary="Keep an address"),
        bound("DELETE", "/members/me/addresses/{address}", drop_address, summary="Drop an address"),
        bound("GET", "/members/me/export", export, summary="Everything you hold of me"),
        bound("POST", "/members/me/erase", erase, summary="Forget me"),
    )
