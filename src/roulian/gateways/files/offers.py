"""The catalogue as a table: one row per SKU, in and out.

A column that is not there, or an empty cell, leaves what is known as it is; a single `-` empties it. Prices are yuan
with at most two decimals. Nothing is evaluated: a cell that begins with `=` is refused, and what a spreadsheet would
run is written with a quote before it, which reading takes off again (CWE-1236).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from roulian.gateways.files.headers import plain
from roulian.gateways.files.refusals import MissingOfferColumns, NotATable
from roulian.gateways.files.sheets import Sheet
from roulian.gateways.files.values import Cell, RefusedRow, Why
from roulian.words import Day, Instant

NAMES: Mapping[str, str] = {
    "product": "product product_id spu 商品编号 产品编号",
    "name_zh": "name_zh name 商品名称 名称 品名",
    "name_en": "name_en english_name 英文名称",
    "category": "category 类目 分类",
    "emoji": "emoji 图标",
    "colour": "colour color 颜色值",
    "media": "media images 图片 素材",
    "sku": "sku sku_id sku_code 商品编码 货号 规格编码",
    "option_zh": "option_zh option 规格 规格名称",
    "option_en": "option_en 英文规格",
    "price": "price price_yuan 价格 售价 单价",
    "cost": "cost cost_yuan 成本 成本价",
    "mode": "mode supply 供货方式",
    "options": "options 选项",
    "min": "min min_qty 起订量 最少购买",
    "max": "max max_qty 限购 最多购买",
    "multiple": "multiple 倍数",
    "from": "from on_sale_from 开售时间 上架时间",
    "until": "until on_sale_until 停售时间 下架时间",
    "accounts": "accounts channels 渠道",
    "regions": "regions 地区 销售地区",
    "components": "components 套装 组件",
}
REQUIRED = ("product", "sku")
MOST_ROWS = 200_000
"""A catalogue comes in one commit; a larger one comes in parts."""
_RUN = ("=", "+", "-", "@", "\t", "\r", "'")
_EMPTY = "-"
_WHOLE = re.compile(r"[+-]?\d{1,15}(?:\.0*)?")
_MODES = {"stock": "stock", "现货": "stock", "presale": "presale", "预售": "presale"}
_FEN_PER_YUAN = 100
_MOST_YUAN = Decimal(10) ** 12


class _Unread(Exception):  # noqa: N818 - carries a reason from a cell to its row, no further
    def __init__(self, why: Why, **facts: str) -> None:
        super().__init__(why)
        self.why = why
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Offer:
    """One row as the file tells it: `told` holds the fields given, by column name, None where emptied."""

    row: int
    product: str
    sku: str
    told: Mapping[str, Any]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class OfferTable:
    """A file read: its offers in order, the rows that cannot be read, and headers that mean nothing to us."""

    offers: tuple[Offer, ...]
    refused: tuple[RefusedRow, ...]
    ignored: tuple[str, ...] = field(default=())


def offers(sheet: Sheet) -> OfferTable:
    """The offers of a sheet. Raises `MissingOfferColumns`, `NotATable`; a row that cannot be read is refused alone."""
    known = {plain(name): column for column, names in NAMES.items() for name in reversed(names.split())}
    places: dict[str, int] = {}
    for place, header in enumerate(sheet.headers):
        column = known.get(plain(header))
        if column is not None:
            places.setdefault(column, place)
    missing = [column for column in REQUIRED if column not in places]
    if missing:
        raise MissingOfferColumns(missing=", ".join(missing), headers=", ".join(sheet.headers))
    rows = tuple(_rows(sheet, places))
    ignored = tuple(header for place, header in enumerate(sheet.headers) if place not in places.values())
    return OfferTable(
        offers=tuple(row for row in rows if isinstance(row, Offer)),
        refused=tuple(row for row in rows if isinstance(row, RefusedRow)),
        ignored=ignored,
    )


def _rows(sheet: Sheet, places: Mapping[str, int]) -> Iterator[Offer | RefusedRow]:
    seen: dict[str, int] = {}
    for row, cells in enumerate(sheet.rows(), start=2):
        if row > MOST_ROWS:
            raise NotATable(path="", what=f"超过 {MOST_ROWS:,} 行 / more than {MOST_ROWS:,} rows")
        if all(cell is None or not str(cell).strip() for cell in cells):
            continue
        try:
            offer = _offer(row, cells, places, width=len(sheet.headers))
        except _Unread as no:
            yield RefusedRow(row, no.why, no.facts, tuple(cells))
            continue
        first = seen.setdefault(offer.sku, row)
        if first == row:
            yield offer
        else:
            yield RefusedRow(row, Why.SKU_TWICE, {"value": offer.sku, "row": str(first)}, tuple(cells))


def _offer(row: int, cells: Sequence[Cell], places: Mapping[str, int], *, width: int) -> Offer:
    if len(cells) != width:
        raise _Unread(Why.TOO_FEW_CELLS)
    told: dict[str, Any] = {}
    for column, place in places.items():
        text = _text(cells[place])
        if text.startswith("="):
            raise _Unread(Why.FORMULA, column=column, value=text[:40])
        if text == _EMPTY:
            told[column] = None
        elif text:
            told[column] = _READERS.get(column, _same)(column, _unquoted(text))
    for column in REQUIRED:
        if not told.get(column):
            raise _Unread(Why.MISSING_VALUE, column=column)
    return Offer(row, told.pop("product"), told.pop("sku"), told, tuple(cells))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell).strip()


def _unquoted(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_RUN) else text


def quoted(text: str) -> str:
    """The text as a spreadsheet shows and never runs it; `offers` reads it back."""
    return f"'{text}" if text.startswith(_RUN) else text


def _same(_column: str, text: str) -> str:
    return text


def _money(column: str, text: str) -> int:
    try:
        yuan = Decimal(text.translate(str.maketrans("", "", "¥¥元, ")))
    except InvalidOperation:
        yuan = Decimal("NaN")
    if not yuan.is_finite() or abs(yuan) > _MOST_YUAN or yuan * _FEN_PER_YUAN % 1:
        raise _Unread(Why.BAD_AMOUNT, column=column, value=text)
    return int(yuan * _FEN_PER_YUAN)


def _count(column: str, text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise _Unread(Why.BAD_COUNT, column=column, value=text)
    return int(text.partition(".")[0])


def _moment(_column: str, text: str) -> Instant:
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
        if moment.tzinfo is not None:
            return Instant.of(moment)
        return Day.parse(moment.date().isoformat()).at(moment.hour, moment.minute)
    except (ValueError, OverflowError):
        raise _Unread(Why.BAD_DATE, value=text) from None


def _listed(_column: str, text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[;;\n]", text) if part.strip())


def _pairs(column: str, text: str) -> tuple[tuple[str, str], ...]:
    pairs = [part.partition("=") for part in _listed(column, text)]
    if not all(name.strip() and value.strip() for name, _, value in pairs):
        raise _Unread(Why.BAD_PAIRS, column=column, value=text)
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def _parts(column: str, text: str) -> tuple[tuple[str, int], ...]:
    parts = [part.rpartition("*") for part in _listed(column, text)]
    if not all(sku.strip() for sku, _, _ in parts):
        raise _Unread(Why.BAD_PAIRS, column=column, value=text)
    return tuple((sku.strip(), _count(column, qty.strip())) for sku, _, qty in parts)


def _mode(column: str, text: str) -> str:
    if text.lower() not in _MODES:
        raise _Unread(Why.BAD_PAIRS, column=column, value=text)
    return _MODES[text.lower()]


_READERS: Mapping[str, Callable[[str, str], Any]] = {
    "price": _money,
    "cost": _money,
    "mode": _mode,
    "options": _pairs,
    "components": _parts,
    "media": _listed,
    "accounts": _listed,
    "regions": _listed,
    "min": _count,
    "max": _count,
    "multiple": _count,
    "from": _moment,
    "until": _moment,
}


def yuan(fen: int) -> str:
    """`12.34`."""
    return f"{fen // _FEN_PER_YUAN}.{fen % _FEN_PER_YUAN:02d}"


def moment(at: Instant | None) -> str:
    """A day where it is that day's beginning in Asia/Shanghai, else the instant; empty for none."""
    if at is None:
        return ""
    return at.day().iso() if at.day().at(0) == at else at.iso()


def by_product(found: Sequence[Offer]) -> tuple[tuple[Offer, ...], ...]:
    """The offers of each product together, in the file's order; products with bundles after their components' products."""
    groups: dict[str, list[Offer]] = {}
    for offer in found:
        groups.setdefault(offer.product, []).append(offer)
    with_bundles = sorted(groups.values(), key=lambda group: any(offer.told.get("components") for offer in group))
    return tuple(map(tuple, with_bundles))


def not_sellable(group: Sequence[Offer], *, zh: str, en: str) -> tuple[RefusedRow, ...]:
    """Every row of a product, refused for the same reason: a product comes in whole or not at all."""
    return tuple(RefusedRow(offer.row, Why.NOT_SELLABLE, {"zh": zh, "en": en}, offer.cells) for offer in group)


def columns(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Sequence[Cell]]:
    """The rows as columns of text for `write_table`; `offers` reads the same back."""
    return {column: [_written(column, row.get(column)) for row in rows] for column in NAMES}


def _written(column: str, value: Any) -> str:
    return "" if value is None else quoted(_WRITERS.get(column, str)(value))


def _joined(parts: Sequence[str]) -> str:
    return "; ".join(parts)


_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "price": yuan,
    "cost": yuan,
    "from": moment,
    "until": moment,
    "options": lambda pairs: _joined([f"{name}={value}" for name, value in pairs]),
    "components": lambda parts: _joined([f"{sku}*{qty}" for sku, qty in parts]),
    "media": _joined,
    "accounts": _joined,
    "regions": _joined,
}
