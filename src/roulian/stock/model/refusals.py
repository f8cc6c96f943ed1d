"""What stock says no to, and what to do then."""

from dataclasses import dataclass
from typing import ClassVar

from roulian.words.errors import Refusal
from roulian.words.ids import OrderId, SkuId


@dataclass(eq=False)
class SoldOut(Refusal):
    """Fewer units are free than wanted. Unfrozen, as every refusal: `contextlib` writes its `__traceback__`."""

    sku: SkuId
    wanted: int
    free: int
    code: ClassVar[str] = "sold_out"
    zh: ClassVar[str] = "商品 {sku} 库存不足:需要 {wanted} 件,现有 {free} 件。请减少数量或选择预售。"
    en: ClassVar[str] = "{sku} is short: {wanted} wanted, {free} free. Order fewer, or choose a presale."


@dataclass(eq=False)
class NotHeld(Refusal):
    """Goods leave only when every claim of the order is held."""

    order: OrderId
    code: ClassVar[str] = "not_held"
    zh: ClassVar[str] = "订单 {order} 的货品尚未备齐,不能出库;请等待到货后再发。"
    en: ClassVar[str] = (
        "The goods of order {order} are not all held yet, so they cannot leave. Wait for what is still to come."
    )


@dataclass(eq=False)
class StockHeld(Refusal):
    """Neither a count nor production can take units that are not there or are held for orders."""

    sku: SkuId
    location: str
    free: int
    code: ClassVar[str] = "stock_held"
    zh: ClassVar[str] = "仓位 {location} 的商品 {sku} 只有 {free} 件未被占用,不能扣减更多;请先补货,或释放占用的订单。"
    en: ClassVar[str] = (
        "Only {free} of {sku} at {location} are there and not held for orders, so no more can be taken. Restock, or release orders, first."
    )


@dataclass(eq=False)
class BadQuantity(Refusal):
    """Units are whole and positive; an adjustment is not nothing."""

    sku: SkuId
    qty: int
    code: ClassVar[str] = "bad_quantity"
    zh: ClassVar[str] = "商品 {sku} 的数量 {qty} 不对,请填写正整数(盘点差异可为负,但不能为零)。"
    en: ClassVar[str] = (
        "{qty} is not a quantity of {sku}. Enter a positive whole number (a count difference may be negative, not zero)."
    )


@dataclass(eq=False)
class UnknownLocation(Refusal):
    """No place of this name is known."""

    location: str
    code: ClassVar[str] = "unknown_location"
    zh: ClassVar[str] = "没有名为 {location} 的仓位,请先建立仓位。"
    en: ClassVar[str] = "There is no place named {location}. Open it first."


@dataclass(eq=False)
class BadTransfer(Refusal):
    """Goods go from one place to another one, neither of them the road; what is not on the way cannot arrive."""

    transfer: str
    code: ClassVar[str] = "bad_transfer"
    zh: ClassVar[str] = "调拨单 {transfer} 不成立:起点与终点须是两个不同的仓位,且未发出的货不能到货。"
    en: ClassVar[str] = (
        "Transfer {transfer} cannot be: goods go from one place to another, and only what was sent can arrive."
    )


@dataclass(eq=False)
class MoreThanSent(Refusal):
    """No more arrives than was sent."""

    transfer: str
    sku: SkuId
    came: int
    sent: int
    code: ClassVar[str] = "more_than_sent"
    zh: ClassVar[str] = (
        "调拨单 {transfer} 的商品 {sku} 报到货 {came} 件,能对上的发出数只有 {sent} 件;请核对件数与批号,多出的货到货后另行盘点。"
    )
    en: ClassVar[str] = (
        "Of transfer {transfer}, {came} of {sku} are said to be there, but only {sent} such were sent."
        " Check the number and the lot; count what is there beyond that once it has arrived."
    )


@dataclass(eq=False)
class LotPastDay(Refusal):
    """Goods past their last day are nobody's to buy: they go into quarantine, not onto a shelf."""

    sku: SkuId
    lot: str
    expires: str
    code: ClassVar[str] = "lot_past_day"
    zh: ClassVar[str] = (
        "商品 {sku} 的批号 {lot} 到期日是 {expires},已经过期,不能上架;请核对到期日,或收进隔离区、按不合格收货。"
    )
    en: ClassVar[str] = (
        "Lot {lot} of {sku} expired on {expires} and cannot go on a shelf."
        " Check the day, or take it into quarantine or as rejected."
    )


@dataclass(eq=False)
class LotDiffers(Refusal):
    """A lot has one expiry day, wherever it stands."""

    sku: SkuId
    lot: str
    expires: str
    code: ClassVar[str] = "lot_differs"
    zh: ClassVar[str] = "商品 {sku} 的批号 {lot} 已登记的到期日是 {expires};请核对到期日,或换一个批号。"
    en: ClassVar[str] = "Lot {lot} of {sku} is known to expire on {expires}. Check the day, or use another lot number."


@dataclass(eq=False)
class SlipDiffers(Refusal):
    """A slip is entered once, as it was."""

    slip: str
    code: ClassVar[str] = "slip_differs"
    zh: ClassVar[str] = "单据 {slip} 已经登记过,内容与这次不同,什么都没有改动;请刷新后用新单据填写。"
    en: ClassVar[str] = (
        "Slip {slip} was entered before and says something else; nothing changed. Reload and use a new one."
    )


@dataclass(eq=False)
class NoReason(Refusal):
    """Somebody will ask why there is more or less than the books said."""

    slip: str
    code: ClassVar[str] = "no_reason"
    zh: ClassVar[str] = "请写明原因,例如“年中盘点”“外箱破损”。"
    en: ClassVar[str] = "Say why, such as “mid-year count” or “crushed box”."


@dataclass(eq=False)
class OnTheRoad(Refusal):
    """What is in transit is nobody's shelf."""

    location: str
    code: ClassVar[str] = "on_the_road"
    zh: ClassVar[str] = "在途的货不能直接收、退、盘或调整;请等调拨到货后在目的仓位处理。"
    en: ClassVar[str] = (
        "Goods in transit cannot be received, counted or adjusted. Do it at the destination once they are there."
    )


@dataclass(eq=False)
class BadLocation(Refusal):
    """A place has a name of letters, digits, - and _, and both its names are filled in."""

    location: str
    code: ClassVar[str] = "bad_location"
    zh: ClassVar[str] = (
        "仓位 {location} 不能这样填:编号用 1–64 个字母、数字、- 或 _,中英文名称都要填;内置仓位不能改种类。"
    )
    en: ClassVar[str] = (
        "Place {location} cannot be so: its id is 1 to 64 letters, digits, - or _, both names are filled in,"
        " and a built-in place keeps its kind."
    )
