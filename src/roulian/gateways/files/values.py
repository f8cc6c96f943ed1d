"""What an order file says, once it is read: lines, refused rows, and the words for both."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from roulian.words import Day

Cell = str | int | float | Decimal | bool | datetime | date | None


class Field(StrEnum):
    """What a column of an order file can mean."""

    ORDER_NO = "order_no"
    LINE_NO = "line_no"
    SKU = "sku"
    NAME = "name"
    QTY = "qty"
    WHEN = "when"
    PRICE = "price"
    CUSTOMER = "customer"
    REGION = "region"


REQUIRED = (Field.ORDER_NO, Field.SKU, Field.WHEN)


class Why(StrEnum):
    """Why a row is not taken; stable, for machines. `text` says it for people."""

    MISSING_VALUE = "missing_value"
    TOO_FEW_CELLS = "too_few_cells"
    BAD_QUANTITY = "bad_quantity"
    ZERO_QUANTITY = "zero_quantity"
    BAD_DATE = "bad_date"
    BAD_PRICE = "bad_price"
    ZERO_PRICE = "zero_price"
    NEGATIVE_PRICE = "negative_price"
    NOT_A_PRODUCT = "not_a_product"
    UNKNOWN_SKU = "unknown_sku"
    DUPLICATE = "duplicate"
    SALE_RETURNED = "sale_returned"
    CREDIT_NETTED = "credit_netted"
    CREDIT_WITHOUT_SALE = "credit_without_sale"
    FORMULA = "formula"
    SKU_TWICE = "sku_twice"
    BAD_AMOUNT = "bad_amount"
    BAD_COUNT = "bad_count"
    BAD_PAIRS = "bad_pairs"
    NOT_SELLABLE = "not_sellable"

    def text(self, lang: str, facts: Mapping[str, str]) -> str:
        """The reason in `zh` or `en`, with the row's own values filled in."""
        zh, en = _TEXTS[self]
        return (en if lang == "en" else zh).format(**facts)


_TEXTS: Mapping[Why, tuple[str, str]] = {
    Why.MISSING_VALUE: ("“{column}”是空的,请补上。", "“{column}” is empty; fill it in."),
    Why.TOO_FEW_CELLS: ("这一行的列数和表头不一致。", "This row does not have as many cells as the header."),
    Why.BAD_QUANTITY: ("数量“{value}”不是整数。", "The quantity “{value}” is not a whole number."),
    Why.ZERO_QUANTITY: ("数量是 0。", "The quantity is 0."),
    Why.BAD_DATE: ("看不懂日期“{value}”。", "The date “{value}” cannot be read."),
    Why.BAD_PRICE: ("单价“{value}”不是数。", "The price “{value}” is not a number."),
    Why.ZERO_PRICE: (
        "单价是 0:赠品、样品或盘点,不算需求。",
        "The price is 0: a gift, a sample or a count, not demand.",
    ),
    Why.NEGATIVE_PRICE: ("单价“{value}”是负数。", "The price “{value}” is negative."),
    Why.NOT_A_PRODUCT: (
        "编码“{value}”不是商品(邮费、手续费等)。",
        "The code “{value}” is no product (postage, fees …).",
    ),
    Why.UNKNOWN_SKU: (
        "商品库里没有“{value}”:先建商品,或加 --create。",
        "The catalogue has no “{value}”: add the product first, or use --create.",
    ),
    Why.DUPLICATE: ("与前面的一行完全相同。", "It repeats an earlier row exactly."),
    Why.SALE_RETURNED: ("已被第 {row} 行的退货冲销。", "It was returned: row {row} cancels it."),
    Why.CREDIT_NETTED: ("退货,冲销第 {row} 行的销售。", "A return: it cancels the sale in row {row}."),
    Why.FORMULA: (
        "“{column}”是公式“{value}”,请粘贴为数值。",
        "“{column}” is the formula “{value}”; paste its value instead.",
    ),
    Why.SKU_TWICE: ("编码“{value}”在第 {row} 行已经有了。", "The code “{value}” stands in row {row} already."),
    Why.BAD_AMOUNT: (
        "“{column}”的“{value}”不是金额(元,最多两位小数)。",
        "“{value}” in “{column}” is no amount of yuan with at most two decimals.",
    ),
    Why.BAD_COUNT: ("“{column}”的“{value}”不是整数。", "“{value}” in “{column}” is not a whole number."),
    Why.BAD_PAIRS: (
        "看不懂“{column}”的“{value}”;选项写作 颜色=红;尺码=大,套装写作 编码*数量,供货方式写 现货 或 预售。",
        "“{value}” in “{column}” cannot be read: options are colour=red;size=l, components sku*2, mode stock or presale.",
    ),
    Why.NOT_SELLABLE: ("{zh}", "{en}"),
    Why.CREDIT_WITHOUT_SALE: (
        "退货,但文件里没有同一顾客、同一商品、同样数量的更早的销售;请把那笔销售放进同一个文件。",
        "A return, but the file has no earlier sale of this customer, product and quantity; put that sale in the file.",
    ),
}


@dataclass(frozen=True, slots=True)
class When:
    """The day of a sale and, to order sales within it, its ISO time text in the file's own local time."""

    day: Day
    stamp: str


@dataclass(frozen=True, slots=True)
class Line:
    """One order line as the file tells it. `qty` < 0 is a credit note; `price_fen` is one unit's price.

    `source` is the natural key: the order number with the file's own line number, or, where there is none, with
    the product and a digest of time, quantity, price and region. The same line has the same source in every file.
    `cells` are the row as it was.
    """

    row: int
    source: str
    order_no: str
    sku: str
    name: str
    qty: int
    when: When
    price_fen: int
    customer: str
    region: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken, why, and its cells as they were. Row 1 is the header, as a spreadsheet counts."""

    row: int
    why: Why
    facts: Mapping[str, str]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """A stretch of a file: `rows` rows read, the lines taken from them and the rows refused."""

    rows: int
    lines: tuple[Line, ...]
    refused: tuple[RefusedRow, ...]


class DayOrder(StrEnum):
    """Which of `3/4/2011` is the day."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read one file: which column is what, and what its values need.

    `columns` gives a header for each field; `price_rate` is how many yuan one unit of the price column is;
    `product_codes`, a regular expression, tells products from postage and fees; `day_order` settles `3/4/2011`.
    `day_order` is None where the file itself must tell.
    """

    columns: Mapping[Field, str]
    price_rate: Decimal = Decimal(1)
    product_codes: str | None = None
    day_order: DayOrder | None = None
    notes: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Taken:
    """What the store made of a batch: of its lines `added` were new, and `created` products became known."""

    batch: Batch
    added: int
    created: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What an import did. At its end `rows` = `added` + `already` + all of `refused`."""

    rows: int = 0
    added: int = 0
    already: int = 0
    created: int = 0
    refused: Mapping[Why, int] = field(default_factory=dict)

    def after(self, taken: Taken) -> "Tally":
        """The tally once another batch is in."""
        refused = Counter(self.refused)
        refused.update(row.why for row in taken.batch.refused)
        return Tally(
            rows=self.rows + taken.batch.rows,
            added=self.added + taken.added,
            already=self.already + len(taken.batch.lines) - taken.added,
            created=self.created + taken.created,
            refused=refused,
        )


class OrderLines(Protocol):
    """A source of order lines that can be read in bounded memory, batch by batch."""

    def batches(self) -> Iterator[Batch]:
        """The batches from the first row to the last."""
        ...


class Refused(Protocol):
    """Where refused rows are kept for the person who must mend them."""

    def keep(self, rows: Sequence[RefusedRow]) -> None:
        """Write the rows down."""
        ...
