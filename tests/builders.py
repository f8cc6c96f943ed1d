"""Shared builders: each tells only what matters to the test, the rest is an ordinary shop day."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from roulian import sell, stock, tell
from roulian.store import Store, Tx
from roulian.words import CampaignId, Clock, Day, Ids, Instant, MemberId, OrderId, Refusal, SkuId

MORNING = Instant.parse("2026-03-02T08:00:00+08:00")
PROMISED = Day.parse("2026-03-20")
CUP = SkuId("sku_cup")
BOWL = SkuId("sku_bowl")
TRAY = SkuId("sku_tray")
PRICE_FEN = 1870
BUYER = MemberId("mem_lin")
SHOP = "wx_shop"
UNPAID = (sell.OrderStatus.PLACED, sell.OrderStatus.CANCELLED)
HALF_PAID = (sell.OrderStatus.DEPOSIT_PAID, sell.OrderStatus.BALANCE_DUE, sell.OrderStatus.FORFEITED)
ASKED_LATER = (*UNPAID, sell.OrderStatus.DEPOSIT_PAID)


def a_product(ident: str = "prd_cup") -> sell.Product:
    return sell.Product(sell.ProductId(ident), name_zh="白瓷杯", name_en="White cup", category="tableware")


def a_sku(sku: SkuId = CUP, *, price_fen: int = PRICE_FEN) -> sell.Sku:
    return sell.Sku(sku, sell.ProductId("prd_cup"), price_fen=price_fen, cost_fen=price_fen // 2)


def a_line(sku: SkuId = CUP, qty: int = 1, *, campaign: CampaignId | None = None) -> sell.Line:
    return sell.Line(sku, qty, PRICE_FEN, campaign)


def an_order(
    *,
    paid: bool = False,
    status: sell.OrderStatus | None = None,
    lines: Sequence[sell.Line] = (a_line(),),
    promised_day: Day = PROMISED,
    deposit_fen: int = 0,
) -> sell.Order:
    """An order as a value, in no store; with a deposit its balance has been asked, unless it is still to come to that."""
    status = status or (sell.OrderStatus.PAID if paid else sell.OrderStatus.PLACED)
    total_fen = sum(line.total_fen() for line in lines)
    first_fen = deposit_fen or total_fen
    paid_at = MORNING.plus(timedelta(minutes=3)) if paid else None
    return sell.Order(
        id=OrderId("ord_01KJKEHJM0DHW93DTR98H6BCFQ"),
        member=BUYER,
        region="CN-31",
        lines=tuple(lines),
        total_fen=total_fen,
        status=status,
        promised_day=promised_day,
        placed_at=MORNING,
        pay_expires_at=MORNING.plus(timedelta(minutes=30)),
        paid_at=paid_at,
        transaction_id="4200001" if paid else None,
        deposit_fen=deposit_fen,
        paid_fen=0 if status in UNPAID else first_fen if status in HALF_PAID else total_fen,
        balance_by=MORNING.plus(timedelta(days=9)) if deposit_fen and status not in ASKED_LATER else None,
    )


def a_payment(
    order: sell.Order,
    *,
    transaction: str | None = None,
    amount_fen: int | None = None,
    part: sell.Part = sell.Part.FIRST,
) -> sell.Payment:
    """The payment of a trade of `order`: the first, and of what it asks, unless told otherwise."""
    number = sell.out_trade_no(order.id, part)
    return sell.Payment(
        out_trade_no=number,
        transaction_id=transaction or f"wx_{number}",
        amount_fen=order.trade_fen(part) if amount_fen is None else amount_fen,
        paid_at=order.placed_at.plus(timedelta(minutes=3)),
    )


def open_shop(tx: Tx) -> None:
    """Three SKUs of one product are for sale."""
    sell.add_products(tx, [a_product()], [a_sku(CUP), a_sku(BOWL), a_sku(TRAY)])


def a_campaign(
    tx: Tx,
    *,
    sku: SkuId = CUP,
    lot_qty: int = 10,
    lot_multiple: int = 1,
    rule: sell.LotRule = sell.LotRule.OPEN_NEXT,
    days: int = 7,
    **more: Any,
) -> sell.Campaign:
    """A presale that closes in so many days; `more` are limits, a deposit, a substitute."""
    return sell.open_campaign(
        tx,
        sku=sku,
        price_fen=1500,
        deadline_at=tx.now.plus(timedelta(days=days)),
        lot_qty=lot_qty,
        lot_multiple=lot_multiple,
        rule=rule,
        **more,
    )


def place(
    tx: Tx,
    key: str,
    *wanted: sell.Wanted,
    member: MemberId = BUYER,
    pay_within: timedelta = timedelta(minutes=30),
) -> sell.Order:
    """An order under `key`: one cup, unless told otherwise."""
    cart = sell.Cart(key, member, "CN-31", wanted or (sell.Wanted(CUP, 1),))
    (answer,) = placed(tx, [cart], pay_by=tx.now.plus(pay_within))
    if isinstance(answer, Refusal):
        raise answer
    return answer


def placed(tx: Tx, carts: Sequence[sell.Cart], *, pay_by: Instant) -> tuple[sell.Order | Refusal, ...]:
    """What became of each cart, all promised for one day, as a checkout that knows no stock would have it."""
    billed = sell.bills(tx, carts)
    drawn = sell.place(tx, [(bill, PROMISED) for bill in billed if isinstance(bill, sell.Bill)], pay_by=pay_by)
    answers = iter(each.order if isinstance(each, sell.Placed) else each for each in drawn)
    return tuple(next(answers) if isinstance(bill, sell.Bill) else bill for bill in billed)


def pay(
    tx: Tx, order: sell.Order, *, transaction: str | None = None, part: sell.Part = sell.Part.FIRST
) -> sell.PaymentOutcome:
    """A trade of `order` paid: all of it, or its deposit."""
    return sell.pay(tx, a_payment(order, transaction=transaction, part=part))


def shelve(tx: Tx, qty: int, *, sku: SkuId = CUP, source: str = "opening stock") -> None:
    """`qty` units come onto the main shelf."""
    stock.receive(tx, sku=sku, qty=qty, source=source)


def said(store: Store, kind: str) -> list[str]:
    """The bodies of every event of `kind` said so far, oldest first."""
    bodies: list[str] = []
    before: str | None = None
    while page := store.events_page(before=before, limit=200):
        bodies += [event.body for event in page if event.kind == kind]
        before = page[-1].id
    return bodies[::-1]


@contextmanager
def opened_again(store_url: str, clock: Clock) -> Iterator[Store]:
    """The same brand opened once more, with its own grouping writer, as a second process has it."""
    other = Store.open(store_url, clock=clock, ids=Ids(random.Random(8).getrandbits))
    yield other
    other.close()


def all_at_once(works: Iterable[Callable[[], Any]], *, threads: int = 64) -> list[Any]:
    """What each work returned, run by many threads that all start at once."""
    with ThreadPoolExecutor(threads) as pool:
        return [done.result() for done in [pool.submit(work) for work in works]]


def a_cap(
    door: tell.Door,
    most: int | None,
    *,
    kind: tell.AccountKind = tell.AccountKind.MINI_PROGRAM,
    per: tell.Per = tell.Per.DAY,
    each: tell.Each = tell.Each.ACCOUNT,
    plan: str = "standard",
) -> tell.Cap:
    """One row of a limits file."""
    evidence = {"source": "a test", "date": "2026-03", "mark": tell.Mark.UNVERIFIED}
    return tell.Cap(kind=kind, door=door, per=per, each=each, most=most, plan=plan, **evidence)


def limits_of(most_a_day: Mapping[tell.Door, int]) -> tell.Limits:
    """Limits of a mini-program that allow so many messages a day through these doors, and know no window."""
    return tell.Limits(tuple(a_cap(door, most) for door, most in most_a_day.items()), ())
