"""How a parcel is shown, on the order's page and on the shipping page alike."""

from collections.abc import Callable

from roulian import deliver
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.shapes import View


class StepView(View):
    """One report of the carrier."""

    code: int
    at_ms: int


class ItemView(View):
    """So many units of a SKU in a parcel."""

    sku: str
    qty: int


class WaybillView(View):
    """Where the waybill stands that WeChat's assistant makes; `error` is WeChat's code of a refusal."""

    status: str
    account: str
    error: str


class ParcelView(View):
    """One parcel of an order. `case` names the after-sales case whose replacement it is."""

    id: str
    order: str
    way: str
    place: str
    status: str
    carrier: str
    waybill: str
    label: WaybillView
    items: tuple[ItemView, ...]
    case: str | None
    is_in_trouble: bool
    packed_ms: int
    shipped_ms: int | None
    signed_ms: int | None
    path: tuple[StepView, ...]


def parcel_view(parcel: deliver.Shipment) -> ParcelView:
    """The parcel as the console shows it; a code to collect is not among it."""
    return ParcelView(
        id=parcel.id,
        order=parcel.order,
        way=parcel.way,
        place=parcel.place,
        status=parcel.status,
        carrier=parcel.carrier,
        waybill=parcel.waybill,
        label=WaybillView(status=parcel.label.status, account=parcel.label.account, error=parcel.label.error),
        items=tuple(ItemView(sku=item.sku, qty=item.qty) for item in parcel.items),
        case=parcel.case or None,
        is_in_trouble=parcel.is_in_trouble(),
        packed_ms=parcel.packed_at.ms,
        shipped_ms=parcel.shipped_at.ms if parcel.shipped_at else None,
        signed_ms=parcel.signed_at.ms if parcel.signed_at else None,
        path=tuple(StepView(code=step.action, at_ms=step.at.ms) for step in parcel.path),
    )


async def changed(deps: ConsoleDeps, ident: str, step: Callable[[Tx], object]) -> ParcelView:
    """The parcel after `step`, in one transaction."""

    def work(tx: Tx) -> ParcelView:
        step(tx)
        return parcel_view(deliver.shipment(tx, ident))

    return await deps.store.run(work, cause="console.shipment")
