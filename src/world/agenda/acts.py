"""What people outside do, each at its instant. An act is named by `key`, so that doing it twice is doing it once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing done on a phone: `kind` is the platform's word; `sku` or `article` is what it was done to."""

    id: str
    kind: str
    at_ms: int
    sku: str | None = None
    article: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A shopper looked around; the phone sends what it collected."""

    shopper: str
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class Purchase:
    """What one shopper wants in one order: `lines` are SKU and units; a presale order has one line."""

    key: str
    shopper: str
    at_ms: int
    lines: tuple[tuple[str, int], ...]
    is_presale: bool


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """The shopper presses 提交订单."""

    purchase: Purchase


@dataclass(frozen=True, slots=True)
class PayOrder:
    """The shopper confirms in WeChat's cashier."""

    purchase: Purchase


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """The shopper changes their mind before paying."""

    purchase: Purchase


@dataclass(frozen=True, slots=True)
class ConfirmReceipt:
    """The shopper opens the order page; when the parcel has come, they press 确认收货."""

    purchase: Purchase


@dataclass(frozen=True, slots=True)
class SendArticle:
    """The brand's editor sends an article to the account's followers from WeChat's back office."""

    article: str


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """One day's readers and sharers of an article, as WeChat counts them."""

    article: str
    day: int
    readers: int
    sharers: int


@dataclass(frozen=True, slots=True)
class AnswerPurchases:
    """Suppliers look at what they owe and say when it will come."""

    day: int


@dataclass(frozen=True, slots=True)
class DeliverPurchases:
    """Suppliers' lorries arrive."""

    day: int


@dataclass(frozen=True, slots=True)
class ReportWork:
    """The workshop counts what it has finished."""

    day: int


@dataclass(frozen=True, slots=True)
class MoveParcels:
    """The carrier scans its parcels; `round` counts the scans of a day from 0."""

    day: int
    round: int


PartnerAct = AnswerPurchases | DeliverPurchases | ReportWork | MoveParcels
ShopperAct = Visit | PlaceOrder | PayOrder | CancelOrder | ConfirmReceipt | SendArticle | ReadArticle
Act = ShopperAct | PartnerAct


@dataclass(frozen=True, slots=True)
class Item:
    """An act and its instant. The agenda's order is `(at_ms, rank, key)`; no two items share it."""

    at_ms: int
    rank: int
    key: str
    act: Act

    def place(self) -> tuple[int, int, str]:
        """Where the item stands in the agenda."""
        return self.at_ms, self.rank, self.key
