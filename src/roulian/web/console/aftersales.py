"""After-sales: what buyers ask back, and the answers people give."""

from collections.abc import Callable

from fastapi import APIRouter

from roulian import returns
from roulian.flows import aftersales
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.names import sku_words
from roulian.web.console.shapes import Before, Limit, Listing, View


class CaseItemView(View):
    """So many units of a line at `price_fen` each: `paid_fen` was paid for them, `back_fen` of it goes back.

    `replacement` is what an exchange sends for them.
    """

    line: int
    sku: str
    qty: int
    price_fen: int
    paid_fen: int
    back_fen: int
    replacement: str | None


class CaseView(View):
    """One asking. `amount_fen` goes back when it is agreed; `answer` is what staff told the buyer."""

    id: str
    order: str
    member: str
    kind: str
    reason: str
    status: str
    answer: str
    amount_fen: int
    asked_ms: int
    items: tuple[CaseItemView, ...]


class Answer(View):
    """What staff tell the buyer; a refusal needs it."""

    answer: str = ""


def aftersales_router(deps: ConsoleDeps) -> APIRouter:
    """GET /aftersales and POST /aftersales/{case}/approve, /refuse, /goods-back."""
    router = APIRouter()

    @router.get("/aftersales")
    async def cases(
        *, status: returns.CaseStatus | None = None, before: Before = None, limit: Limit = 50
    ) -> Listing[CaseView]:
        """Cases, newest first; `status` picks those that stand so."""
        return await deps.store.ask(lambda tx: _page(tx, status, before=before, limit=limit))

    @router.post("/aftersales/{case}/approve")
    async def approve(case: str, said: Answer) -> CaseView:
        """Agree: a return or an exchange waits for its goods, a refund alone is on its way; what is sent is held."""
        return await _done(deps, lambda tx: aftersales.approve(tx, returns.CaseId(case), answer=said.answer))

    @router.post("/aftersales/{case}/refuse")
    async def refuse(case: str, said: Answer) -> CaseView:
        """Say no, and why."""
        return await _done(deps, lambda tx: returns.refuse(tx, returns.CaseId(case), answer=said.answer))

    @router.post("/aftersales/{case}/goods-back")
    async def goods_back(case: str) -> CaseView:
        """The goods came back: they go on the shelf, and the money or the replacement goes out."""
        return await _done(deps, lambda tx: returns.goods_back(tx, returns.CaseId(case)))

    return router


async def _done(deps: ConsoleDeps, step: Callable[[Tx], returns.Case]) -> CaseView:
    return _view(await deps.store.run(step, cause="console.aftersales"))


def _page(tx: Tx, status: returns.CaseStatus | None, *, before: str | None, limit: int) -> Listing[CaseView]:
    found = returns.cases_page(tx, status=status, before=before, limit=limit + 1)
    shown = found[:limit]
    return Listing(
        rows=tuple(map(_view, shown)),
        names=sku_words(
            tx, (sku for case in shown for item in case.items for sku in (item.sku, item.replacement) if sku)
        ),
        next=shown[-1].id if len(found) > limit else None,
    )


def _view(case: returns.Case) -> CaseView:
    return CaseView(
        id=case.id,
        order=case.order,
        member=case.member,
        kind=case.kind,
        reason=case.reason,
        status=case.status,
        answer=case.answer,
        amount_fen=case.amount_fen(),
        asked_ms=case.asked_at.ms,
        items=tuple(
            CaseItemView(
                line=item.line,
                sku=item.sku,
                qty=item.qty,
                price_fen=item.price_fen,
                paid_fen=item.paid_fen,
                back_fen=item.back_fen,
                replacement=item.replacement,
            )
            for item in case.items
        ),
    )
