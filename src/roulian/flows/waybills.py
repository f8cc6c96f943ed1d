"""Waybills of WeChat's logistics assistant: made once, found again when an answer was lost, cancelled, listened to.

Neighbours: `fulfil` packs and hands over. The assistant knows each waybill by our own key (`Shipment.label_key`), so a
lost answer is looked up under it and never made twice. A receiver's address is read for this alone, and the reading is
written down.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import msgspec

from roulian import deliver, people, sell
from roulian.flows import fulfil
from roulian.flows.outgoing import Outside
from roulian.gateways import wechat
from roulian.store import Errand, Job, Tx
from roulian.words import OrderId, Refusal, Rejected

READER = "wechat.waybill"
"""Under this name the record of readings shows who saw where a parcel goes."""


@dataclass(frozen=True, slots=True)
class _Papers:
    """What a parcel's waybill is written from."""

    parcel: deliver.Shipment
    account: deliver.CarrierAccount
    site: deliver.Site
    address: people.Address
    openid: str
    goods: tuple[tuple[wechat.Shown, int], ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What a parcel is called at the assistant."""

    parcel: deliver.Shipment
    openid: str


def making(outside: Outside) -> Errand:
    """Get the parcel its waybill. The job's key is ours of the waybill, its body the parcel."""

    async def call(job: Job) -> str:
        try:
            papers = await outside.memory().run(partial(_papers, outside, job.body), cause=job.id)
        except Refusal as no:
            raise Rejected(no.code) from no
        if job.tries:
            delivery_id = papers.account.delivery_id
            known = await outside.wechat.waybills.find(outside.appid, key=job.key, delivery_id=delivery_id)
            if known is not None:
                return known.number
        return await outside.wechat.waybills.make(outside.appid, _consignment(outside, papers, key=job.key))

    return Errand(call=call, record=_made, rejected=_not_made, lost=_look_up)


def _made(tx: Tx, job: Job, answer: str) -> None:
    deliver.labelled(tx, job.key, waybill=answer)
    if not deliver.shipment(tx, job.body).is_packed():
        tx.job("wechat.waybill_cancel", job.key, job.body)


def _not_made(tx: Tx, job: Job, error: Rejected) -> None:
    deliver.label_refused(tx, job.body, error=error.code)


def _look_up(tx: Tx, job: Job) -> None:
    deliver.label_lost(tx, job.body)
    tx.job(job.kind, job.key, job.body)


def cancel(tx: Tx, ident: str) -> deliver.Shipment:
    """The packed parcel's waybill is to be void. Raises `UnknownShipment`, `NotNow`, `LabelNotNow`."""
    parcel = deliver.shipment(tx, ident)
    if not parcel.is_packed():
        raise deliver.NotNow(parcel.id, parcel.status)
    if not parcel.is_labelled():
        raise deliver.LabelNotNow(parcel.id, parcel.label.status)
    tx.job("wechat.waybill_cancel", parcel.label_key(), parcel.id)
    return parcel


def cancelling(outside: Outside) -> Errand:
    """Make a waybill void; cancelled twice it is void once. The carrier's no stands with the order for a person."""

    async def call(job: Job) -> str:
        known = await outside.memory().ask(partial(_known, outside, job.body))
        await outside.wechat.waybills.cancel(
            outside.appid,
            key=job.key,
            delivery_id=known.parcel.carrier,
            number=known.parcel.waybill,
            openid=known.openid,
        )
        return known.parcel.waybill

    def record(tx: Tx, job: Job, _: str) -> None:
        deliver.cancel_label(tx, job.body)

    return Errand(call=call, record=record, rejected=_kept_for_a_person, lost=_again)


def listen(tx: Tx, ident: str) -> None:
    """Once a day a carrier that said nothing is asked, for as long as the parcel is on its way."""
    parcel = deliver.shipment(tx, ident)
    if not parcel.is_listened_for(tx.now):
        return
    if parcel.is_silent(tx.now):
        tx.job("wechat.path", f"{parcel.id}:{tx.now.day().iso()}", parcel.id)
    tx.at(tx.now.plus(deliver.SILENT_AFTER), "waybills.listen", ident)


def listening(outside: Outside) -> Errand:
    """Ask where a silent parcel is; what was reported before changes nothing."""

    async def call(job: Job) -> str:
        known = await outside.memory().ask(partial(_known, outside, job.body))
        parcel = known.parcel
        steps = await outside.wechat.waybills.path(
            outside.appid,
            key=parcel.label_key(),
            delivery_id=parcel.carrier,
            number=parcel.waybill,
            openid=known.openid,
        )
        return msgspec.json.encode(steps).decode()

    def record(tx: Tx, _: Job, answer: str) -> None:
        for step in msgspec.json.decode(answer, type=tuple[wechat.PathReport, ...]):
            fulfil.move(tx, step)

    return Errand(call=call, record=record, rejected=_kept_for_a_person, lost=_again)


def showing(outside: Outside) -> Errand:
    """Have WeChat show the buyer where a parcel is: the token opens its own tracking page; the same parcel, the same token."""

    async def call(job: Job) -> str:
        try:
            tracked = await outside.memory().run(partial(_tracked, outside, job.key), cause=job.id)
        except Refusal as no:
            raise Rejected(no.code) from no
        return await outside.wechat.express.trace(outside.appid, tracked)

    def record(tx: Tx, job: Job, answer: str) -> None:
        deliver.traced(tx, job.key, token=answer)

    return Errand(call=call, record=record, rejected=_not_shown, lost=_again)


async def printed(outside: Outside, parcel: deliver.Shipment) -> wechat.Waybill | None:
    """The waybill with its label as the assistant holds it now; None where it made none. Raises `Unreachable`, `Rejected`."""
    return await outside.wechat.waybills.find(outside.appid, key=parcel.label_key(), delivery_id=parcel.carrier)


def _kept_for_a_person(tx: Tx, job: Job, error: Rejected) -> None:
    sell.filing_refused(tx, deliver.shipment(tx, job.body).order, what=job.kind, code=error.code)


def _not_shown(_tx: Tx, _job: Job, _error: Rejected) -> None:
    """The order page shows the carrier's reports without WeChat's page; its no stands on the job."""


def _again(tx: Tx, job: Job) -> None:
    tx.job(job.kind, job.key, job.body)


def _known(outside: Outside, ident: str, tx: Tx) -> _Known:
    parcel = deliver.shipment(tx, ident)
    return _Known(parcel, _openid(outside, tx, sell.order(tx, parcel.order)))


def _papers(outside: Outside, ident: str, tx: Tx) -> _Papers:
    parcel = deliver.shipment(tx, ident)
    order = sell.order(tx, parcel.order)
    return _Papers(
        parcel=parcel,
        account=deliver.carrier(tx, parcel.label.account),
        site=deliver.site(tx, parcel.place),
        address=_address(outside, tx, order),
        openid=_openid(outside, tx, order),
        goods=_goods(outside, tx, parcel.items),
    )


def _tracked(outside: Outside, ident: str, tx: Tx) -> wechat.Tracked:
    parcel = deliver.shipment(tx, ident)
    order = sell.order(tx, parcel.order)
    return wechat.Tracked(
        openid=_openid(outside, tx, order),
        waybill=parcel.waybill,
        carrier=parcel.carrier,
        receiver_phone=_address(outside, tx, order).phone.removeprefix("+86"),
        transaction_id=sell.trades(tx, [order.id])[order.id][0].transaction_id,
        goods=[shown for shown, _ in _goods(outside, tx, parcel.items)],
    )


def _openid(outside: Outside, tx: Tx, order: sell.Order) -> str:
    return people.openids(tx, [order.member], appid=outside.appid)[order.member]


def _address(outside: Outside, tx: Tx, order: sell.Order) -> people.Address:
    """Where the order goes, as its buyer agreed to. Raises `NoConsent`, `UnknownAddress`."""
    destination = deliver.destinations(tx, [order.id]).get(order.id)
    reading = people.note_reading(
        tx, [order.member], reader=READER, fields=[people.Personal.ADDRESS], purpose=people.Purpose.ORDER
    )
    kept = people.addresses(tx, outside.ring, reading=reading)[order.member]
    known = {one.id: one.address for one in kept}
    if destination is None or destination.address not in known:
        raise people.UnknownAddress("")
    return known[destination.address]


def _goods(outside: Outside, tx: Tx, items: Iterable[deliver.Item]) -> tuple[tuple[wechat.Shown, int], ...]:
    inside = tuple(items)
    skus = sell.skus(tx, [item.sku for item in inside])
    entries = sell.entries(tx, {sku.product for sku in skus.values()})
    picture = f"{outside.public_url}/favicon.ico"
    return tuple(
        (
            wechat.Shown(
                entries[skus[item.sku].product].product.name_zh,
                _first_image(entries[skus[item.sku].product], otherwise=picture),
            ),
            item.qty,
        )
        for item in inside
    )


def _first_image(entry: sell.Entry, *, otherwise: str) -> str:
    by_kind = {medium.kind: medium.url for medium in reversed(entry.media)}
    return by_kind.get(sell.MediumKind.IMAGE, otherwise)


def _consignment(outside: Outside, papers: _Papers, *, key: str) -> wechat.Consignment:
    account, site, address = papers.account, papers.site, papers.address
    province = address.province()
    return wechat.Consignment(
        key=key,
        openid=papers.openid,
        delivery_id=account.delivery_id,
        biz_id=account.biz_id,
        service_type=account.service_type,
        service_name=account.service_name,
        sender=wechat.Party(site.contact, site.tel, site.province, site.city, site.district, site.street),
        receiver=wechat.Party(
            name=address.name,
            mobile=address.phone.removeprefix("+86"),
            province=province,
            city=address.city or province,
            district=address.district,
            street=address.street,
        ),
        weight_g=account.weight_g,
        goods=papers.goods,
        page=f"{outside.order_page}?id={OrderId(papers.parcel.order)}",
    )
