"""A piece made to a buyer's measure: quoted, its text judged, then a SKU that is promised, made and shipped like any.

Neighbours: `tailor` works the piece out and keeps the request, `sell` and `make` take the SKU and its recipe.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from roulian import decide, make, people, sell, stock, tailor
from roulian.flows.outgoing import Outside
from roulian.gateways.wechat import Advice, TextScene, Verdict, WeChat
from roulian.store import Errand, Job, Tx
from roulian.words import MemberId, OrderId, Rejected, SkuId

ASK_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a piece costs, when it would leave if ordered now, and what keeps it from leaving sooner."""

    piece: tailor.Configuration
    promise: decide.Promise
    binding: tailor.Binding


def draw(tx: Tx, design: tailor.Design) -> int:
    """The product is made to measure as `design` says, on lines there are, of materials bought; its new version.

    Raises `ProductNotFound`, `BadDesign`, `DesignChanged`.
    """
    if not sell.products(tx, [sell.ProductId(design.product)]):
        raise sell.ProductNotFound(design.product)
    tailor.check_parts(design, lines=make.lines(tx), bought=make.sourcing(tx, tailor.materials(design)))
    return tailor.save_design(tx, design)


def quote(tx: Tx, product: str, choices: tailor.Choices) -> Quote:
    """Price, date and binding constraint of one piece. Raises what `tailor.configured` raises, and `NotTailored`."""
    piece = tailor.configured(tailor.design(tx, product), choices)
    sourcing = make.sourcing(tx, [material.sku for material in piece.bom])
    slowest = tailor.longest_wait(piece.bom, {sku: terms.lead_time_days for sku, terms in sourcing.items()})
    recipe = replace(_recipe(SkuId(product), piece), material_lead_days=slowest[1])
    promise, at_once = _promise(tx, recipe), _promise(tx, replace(recipe, material_lead_days=0))
    held_up = tailor.binding(piece, today=tx.now.day(), day=promise.day, at_once=at_once.day, slowest=slowest)
    return Quote(piece, promise, held_up)


def submit(tx: Tx, product: str, choices: tailor.Choices, *, member: MemberId, key: str) -> tailor.Request:
    """The member's request: one without a text may be ordered at once, one with a text is asked about until judged."""
    piece = tailor.configured(tailor.design(tx, product), choices)
    request = tailor.submit(tx, piece, member=member, key=key)
    if request.words():
        tx.at(tx.now.plus(ASK_AGAIN), "tailor.check", request.id)
    else:
        _make_orderable(tx, request)
    return request


def judge(tx: Tx, ident: tailor.RequestId, verdict: Verdict) -> tailor.Request:
    """The request as content security judges its text; unsure, it stays held for a person."""
    match verdict.advice:
        case Advice.PASS:
            return settle(tx, ident, passes=True)
        case Advice.RISKY:
            return settle(tx, ident, passes=False, why=str(verdict.label))
        case Advice.REVIEW:
            tx.off("tailor.check", ident)
            return tailor.request(tx, ident)


def settle(tx: Tx, ident: tailor.RequestId, *, passes: bool, why: str = "") -> tailor.Request:
    """The held request cleared, which makes it orderable, or refused; by content security or by a person."""
    request = tailor.judge(tx, ident, passes=passes, why=why)
    tx.off("tailor.check", ident)
    if passes:
        _make_orderable(tx, request)
    return request


def ask_again(tx: Tx, ident: str) -> None:
    """A text nobody has judged yet is shown to content security again, by itself."""
    tx.job("tailor.check", ident)


async def look_at(wechat: WeChat, request: tailor.Request, *, appid: str, openid: str) -> Verdict:
    """What content security thinks of the request's texts. Raises `Unreachable`, `Rejected` (61010: not seen lately)."""
    return await wechat.safety.check_text(appid, openid=openid, text=request.words(), scene=TextScene.SOCIAL_LOG)


def checking(outside: Outside) -> Errand:
    """Ask content security about a held text; a lost answer is asked again, a no leaves it to a person."""

    def look(tx: Tx, job: Job) -> tuple[tailor.Request, str]:
        request = tailor.request(tx, tailor.RequestId(job.key))
        return request, people.openids(tx, [request.member], appid=outside.appid)[request.member]

    async def call(job: Job) -> str:
        request, openid = await outside.memory().ask(partial(look, job=job))
        if not request.is_held():
            return ""
        verdict = await look_at(outside.wechat, request, appid=outside.appid, openid=openid)
        return f"{verdict.advice} {verdict.label}"

    return Errand(call=call, record=_judged, rejected=_left_to_a_person, lost=_asked_once_more)


def _judged(tx: Tx, job: Job, answer: str) -> None:
    if answer:
        advice, _, label = answer.partition(" ")
        judge(tx, tailor.RequestId(job.key), Verdict(Advice(advice), int(label)))


def _left_to_a_person(_tx: Tx, _job: Job, _error: Rejected) -> None:
    """The request stays held, and the console lists it; WeChat's code stands on the job."""


def _asked_once_more(tx: Tx, job: Job) -> None:
    tx.job(job.kind, job.key, job.body)


def start_making(tx: Tx, ident: OrderId) -> None:
    """The paid order's pieces go to their lines, and what material they lack is bought; each once."""
    order = sell.order(tx, ident)
    wanted = {tailor.RequestId(line.sku): line for line in order.lines}
    for request in tailor.requests(tx, wanted.keys()).values():
        _open_work(tx, order, wanted[request.id])


def _open_work(tx: Tx, order: sell.Order, line: sell.Line) -> None:
    recipe = make.recipes(tx, [line.sku])[line.sku]
    shelves, sourcing = stock.levels(tx, recipe.materials), make.sourcing(tx, recipe.materials)
    plan = decide.plan_batch(
        line.qty,
        sku=line.sku,
        today=tx.now.day(),
        capacity=make.free_capacity(tx, [recipe], first=tx.now.day())[line.sku],
        materials=decide.materials(recipe, shelves, sourcing),
    )
    key = f"{order.id}:{line.sku}"
    for buy in plan.buys:
        make.buy(tx, supplier=sourcing[buy.sku].supplier, sku=buy.sku, qty=buy.qty, for_=f"{key}:{buy.sku}")
    make.open_work(
        tx, sku=line.sku, qty=line.qty, line=recipe.line, start_day=plan.start_day, due_day=plan.finish_day, for_=key
    )


def _make_orderable(tx: Tx, request: tailor.Request) -> None:
    piece = request.piece
    sku = sell.Sku(
        id=request.sku(),
        product=sell.ProductId(piece.product),
        price_fen=piece.price_fen,
        option_zh=piece.said_zh,
        option_en=piece.said_en,
        owner=request.member,
    )
    sell.add_products(tx, [], [sku])
    make.add_recipes(tx, [_recipe(request.sku(), piece)])


def _recipe(sku: SkuId, piece: tailor.Configuration) -> make.Recipe:
    materials: Mapping[SkuId, int] = {material.sku: material.qty for material in piece.bom}
    return make.Recipe(sku=sku, line=make.LineId(piece.line), setup_cost_fen=0, materials=materials)


def _promise(tx: Tx, recipe: make.Recipe) -> decide.Promise:
    capacity = make.free_capacity(tx, [recipe], first=tx.now.day())[recipe.sku]
    supply = decide.supply(recipe.sku, level=None, inbound=(), sourcing=None, recipe=recipe, free_capacity=capacity)
    return decide.promise_all([decide.Ask(sku=recipe.sku, qty=1, today=tx.now.day())], {recipe.sku: supply})[0]
