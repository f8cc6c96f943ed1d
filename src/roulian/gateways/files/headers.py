"""Which column means what: by the names shops, marketplaces and ERP exports use, in Chinese and English."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal

from roulian.gateways.files.refusals import MissingColumns, UnknownColumn
from roulian.gateways.files.values import REQUIRED, Field, Reading

# Earlier names win where a file has several of a field's names. Olist's item file has no date but the last of WHEN.
_NAMES: Mapping[Field, str] = {
    Field.ORDER_NO: """
        order_no order_id order_number order invoice_no invoice_number invoice receipt_no transaction_id
        订单号 订单编号 订单id 主订单编号 单号 发票号 交易号 单据编号""",
    Field.LINE_NO: """
        line_no line_number line order_item_id order_line_id item_no
        行号 明细号 子订单编号 子订单号 明细序号""",
    Field.SKU: """
        sku sku_id sku_code stock_code product_id product_code item_code item_id article_code
        商品编码 商品编号 货号 sku编码 规格编码 商家编码 产品编码 存货编码 物料编码 商品id 商品代码""",
    Field.NAME: """
        name description product_name item_name title product
        商品名称 品名 商品标题 宝贝标题 产品名称 存货名称 名称 商品 描述""",
    Field.QTY: """
        quantity qty units pieces count
        数量 购买数量 商品数量 件数 销量 销售数量 订购数量""",
    Field.WHEN: """
        ordered_at order_date order_time order_purchase_timestamp purchase_date invoice_ts invoice_date
        paid_at sold_at created_at datetime timestamp date day
        下单时间 订单时间 付款时间 支付时间 交易时间 订单日期 销售日期 下单日期 单据日期 创建时间 日期 时间
        shipping_limit_date""",
    Field.PRICE: """
        unit_price price unit_price_yuan price_yuan unit_price_fen price_fen sale_price
        unit_price_gbp unit_price_usd unit_price_eur unit_price_brl
        单价 商品单价 成交单价 销售单价 价格 售价 单价元 单价分""",
    Field.CUSTOMER: """
        customer_id customer member_id buyer_id user_id customer_no
        客户编号 客户id 客户编码 会员号 会员编号 买家id 用户id 顾客编号""",
    Field.REGION: """
        region province country state area
        地区 区域 省份 省 收货省份 大区 国家""",
}
_FEN_HEADERS = frozenset({"unitpricefen", "pricefen", "单价分"})
_FOREIGN = re.compile(r"(gbp|usd|eur|brl)$")

# The UCI retail set writes postage, fees and adjustments as lines; its products are five digits and up to two letters.
_UCI = frozenset({"invoiceno", "stockcode", "country"})
_UCI_PRODUCTS = r"\d{5}[A-Z]{0,2}"


def plain(header: str) -> str:
    """A header without case, width, spaces and punctuation: `Unit_Price (GBP)` and `unitpricegbp` are one name."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", header).lower())


def recognise(headers: Sequence[str]) -> Reading:
    """What the headers say by themselves; fields nobody named are left out, for `complete` to refuse.

    Prices are taken as yuan, or fen where the header says so; a header that names another currency leaves a note.
    """
    by_name = {plain(header): header for header in reversed(headers) if header}
    columns: dict[Field, str] = {}
    for meaning, names in _NAMES.items():
        found = next((by_name[plain(name)] for name in names.split() if plain(name) in by_name), None)
        if found is not None:
            columns[meaning] = found
    price = plain(columns.get(Field.PRICE, ""))
    return Reading(
        columns=columns,
        price_rate=Decimal("0.01") if price in _FEN_HEADERS else Decimal(1),
        product_codes=_UCI_PRODUCTS if by_name.keys() >= _UCI else None,
        notes=_notes(columns.get(Field.PRICE, ""), is_uci=by_name.keys() >= _UCI),
    )


def _notes(price: str, *, is_uci: bool) -> tuple[tuple[str, str], ...]:
    notes = []
    if foreign := _FOREIGN.search(plain(price)):
        currency = foreign.group(1).upper()
        notes.append(
            (
                f"单价列是 {currency},按 1:1 记为元;要折算请用 --price-rate。",
                f"Prices are in {currency} and are taken 1:1 as yuan; convert them with --price-rate.",
            )
        )
    if is_uci:
        notes.append(
            (
                "这是 UCI Online Retail:只有五位数字加至多两个字母的编码是商品。",
                "This is UCI Online Retail: only codes of five digits and up to two letters are products.",
            )
        )
    return tuple(notes)


def listed(names: Sequence[str]) -> str:
    """The names, as a sentence lists them."""
    return ", ".join(names)


def complete(reading: Reading, headers: Sequence[str]) -> Reading:
    """`reading`, which names every required field and only columns the file has.

    Raises `MissingColumns` or `UnknownColumn`.
    """
    for header in reading.columns.values():
        if header not in headers:
            raise UnknownColumn(name=header, headers=listed(headers))
    missing = [str(field) for field in REQUIRED if field not in reading.columns]
    if missing:
        raise MissingColumns(missing=listed(missing), headers=listed(headers))
    return reading
