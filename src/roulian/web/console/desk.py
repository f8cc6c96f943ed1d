"""The desk of a shop where buyers collect: what arrived, what is handed to whom, and a new code when one is locked."""

from fastapi import APIRouter

from roulian import deliver
from roulian.flows import fulfil
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.parcels import ParcelView, changed, parcel_view
from roulian.web.console.shapes import View


class Shown(View):
    """The code a buyer shows at the desk."""

    code: str


def desk_router(deps: ConsoleDeps) -> APIRouter:
    """POST /shipments/{id}/arrived, /collect and /new-code."""
    router = APIRouter()

    @router.post("/shipments/{ident}/arrived")
    async def arrived(ident: str) -> ParcelView:
        """The parcel is at its shop: the buyer is told that it can be collected."""
        return await changed(deps, ident, lambda tx: fulfil.stand_ready(tx, ident))

    @router.post("/shipments/{ident}/collect")
    async def collect(ident: str, shown: Shown) -> ParcelView:
        """Hand the parcel to who shows its code. A wrong code costs a try."""
        return await _collected(deps, ident, code=shown.code)

    @router.post("/shipments/{ident}/new-code")
    async def new_code(ident: str) -> ParcelView:
        """Give the buyer another code, shown on their order page alone, after too many wrong ones."""
        assert deps.staff is not None
        number = deps.staff.chance(deliver.CODE_BITS)
        return await changed(deps, ident, lambda tx: deliver.renew_code(tx, ident, number=number))

    return router


async def _collected(deps: ConsoleDeps, ident: str, *, code: str) -> ParcelView:
    """The try is counted in its own commit before it is refused."""
    outcome = await deps.store.run(lambda tx: deliver.collect(tx, ident, code=code), cause="console.collect")
    if isinstance(outcome, deliver.WrongCode):
        raise deliver.WrongPickUpCode(outcome.tries_left)
    return await deps.store.ask(lambda tx: parcel_view(deliver.shipment(tx, ident)))
