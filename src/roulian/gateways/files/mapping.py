r"""A mapping file: the person says in TOML which column is what.

[columns]
order_no = "单据编号"
sku = "货号"
when = "日期"

[values]
price_rate = "9.1"              # yuan for one unit of the price column
product_codes = '\d{5}[A-Z]*'    # what does not match is no product
day_order = "day_first"         # or "month_first"
"""

import re
import tomllib
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from roulian.gateways.files.refusals import BadMapping, NoSuchFile
from roulian.gateways.files.values import DayOrder, Field, Reading


def mapped(reading: Reading, path: Path) -> Reading:
    """`reading` with what the mapping file says laid over it. Raises `NoSuchFile` or `BadMapping`."""
    if not path.is_file():
        raise NoSuchFile(path=str(path))
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return _laid_over(reading, said)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError, InvalidOperation, re.error) as broken:
        raise BadMapping(path=str(path), what=str(broken)) from broken


def _laid_over(reading: Reading, said: dict[str, Any]) -> Reading:
    strangers = said.keys() - {"columns", "values"}
    values: dict[str, Any] = said.get("values", {})
    strangers |= values.keys() - {"price_rate", "product_codes", "day_order"}
    if strangers:
        raise ValueError(f"unknown: {', '.join(sorted(strangers))}")
    columns = {**reading.columns, **{Field(name): str(header) for name, header in said.get("columns", {}).items()}}
    codes = values.get("product_codes", reading.product_codes)
    if codes is not None:
        re.compile(codes)
    order = values.get("day_order")
    return replace(
        reading,
        columns=columns,
        price_rate=Decimal(str(values.get("price_rate", reading.price_rate))),
        product_codes=codes,
        day_order=DayOrder(order) if order else reading.day_order,
    )
