"""Ask something back; see how it stands; change one's mind."""

from collections.abc import Callable
from typing import Annotated

import msgspec

from roulian import returns, tell
from roulian.flows import aftersales
from roulian.store import Tx
from roulian.web.hot import Route
from roulian.web.storefront.deps import StoreDeps, caller
from roulian.web.storefront.orders import own_order
from roulian.web.wire import Call, Reply
from roulian.words import OrderId, SkuId

MOST_ITEMS = 60


class ItemBack(msgspec.Struct, forbid_unknown_fields=True):
    """So many units of a line, numbered from 1 as the order's page shows them; in an exchange, for which SKU."""

    line: int
    qty: int
    replacement: str | None = None


class AskBack(msgspec.Struct, forbid_unknown_fields=True):
    """What is asked back and why. `key` is the phone's own: sending the same key again is the same case."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    kind: returns.CaseKind
    reason: returns.CaseReason
    items: Annotated[list[ItemBack], msgspec.Meta(min_length=1, max_length=MOST_ITEMS)]


async def ask(deps: StoreDeps, call: Call) -> Reply:
    """A case about the caller's own, delivered order."""
    wanted = msgspec.json.decode(call.body, type=AskBack)

    def work(tx: Tx) -> dict[str, object]:
        asking = aftersales.Asking(
            key=wanted.key,
            member=caller(tx, call.token()),
            order=OrderId(call.path["order"]),
            kind=wanted.kind,
            reason=wanted.reason,
            wanted=tuple(map(_wanted, wanted.items)),
        )
        return _shown(aftersales.ask(tx, asking))

    return Reply.json(await deps.store.run(work, cause="web.aftersales"), status=201)


def _wanted(item: ItemBack) -> returns.WantedBack:
    replacement = None if item.replacement is None else SkuId(item.replacement)
    return returns.WantedBack(item.line, item.qty, replacement)


async def cases(deps: StoreDeps, call: Call) -> Reply:
    """Every case of the caller's own order, oldest first, and what was told about them; `asks` are messages to allow."""

    def work(tx: Tx) -> dict[str, object]:
        order = own_order(tx, OrderId(call.path["order"]), caller(tx, call.token()))
        lang = call.lang()
        return {
            "cases": [_shown(case) for case in returns.cases_of(tx, order.id)],
            "told": [
                {"text": notice.text(lang), "at_ms": notice.made_at.ms}
                for notice in tell.notices_page(tx, about=order.id, scenarios=tell.ASKED_WITH_A_CASE)
            ],
            "asks": deps.case_templates,
        }

    return Reply.json(await deps.store.ask(work))


async def withdraw(deps: StoreDeps, call: Call) -> Reply:
    """The caller's own case taken back, before its money is on the way."""

    def work(tx: Tx) -> dict[str, object]:
        member = caller(tx, call.token())
        return _shown(aftersales.withdraw(tx, returns.CaseId(call.path["case"]), member=member))

    return Reply.json(await deps.store.run(work, cause="web.aftersales"))


def _shown(case: returns.Case) -> dict[str, object]:
    return {
        "case": case.id,
        "order": case.order,
        "kind": case.kind,
        "reason": case.reason,
        "status": case.status,
        "answer": case.answer,
        "amount_fen": case.amount_fen(),
        "asked_ms": case.asked_at.ms,
        "items": [
            {"line": item.line, "sku": item.sku, "qty": item.qty, "replacement": item.replacement}
            for item in case.items
        ],
    }


def doors(bound: Callable[..., Route]) -> tuple[Route, ...]:
    """Every door of this file; `bound` puts a handler behind a path of the storefront."""
    asked = "/orders/{order}/aftersales"
    return (
        bound("POST", asked, ask, request=AskBack, summary="Ask something of a delivered order back"),
        bound("GET", asked, cases, summary="What was asked back of an order"),
        bound("POST", "/aftersales/{case}/withdraw", withdraw, summary="Ask it back no more"),
    )
