"""Money that came and fits no order: each entry waits for a person to send it back by hand."""

from fastapi import APIRouter

from roulian import sell
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.shapes import Before, Limit, Listing, View


class RefusedPaymentView(View):
    """A refused payment: our `number` it was paid under, WeChat's `transaction`, and the code of why it fits nothing."""

    id: str
    number: str
    transaction: str
    amount_fen: int
    reason: str
    paid_ms: int
    entered_ms: int


def payments_router(deps: ConsoleDeps) -> APIRouter:
    """GET /payments/refused."""
    router = APIRouter()

    @router.get("/payments/refused")
    async def refused(*, before: Before = None, limit: Limit = 50) -> Listing[RefusedPaymentView]:
        """Refused payments, newest first."""
        found = await deps.store.ask(lambda tx: sell.refused_payments_page(tx, before=before, limit=limit + 1))
        shown = found[:limit]
        return Listing(rows=tuple(map(_view, shown)), names={}, next=shown[-1].id if len(found) > limit else None)

    return router


def _view(one: sell.RefusedPayment) -> RefusedPaymentView:
    return RefusedPaymentView(
        id=one.id,
        number=one.out_trade_no,
        transaction=one.transaction_id,
        amount_fen=one.amount_fen,
        reason=one.reason,
        paid_ms=one.paid_at.ms,
        entered_ms=one.entered_at.ms,
    )
