"""`roulian import orders FILE`: real orders come in, and every row that does not says why."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from roulian.cli.memory import opened
from roulian.cli.products import import_products
from roulian.flows import importing
from roulian.gateways import files

_LEAVE_OUT = "-"
_MEANINGS = {
    files.Field.ORDER_NO: "订单号 order number",
    files.Field.LINE_NO: "行号 line number",
    files.Field.SKU: "商品编码 product code",
    files.Field.NAME: "品名 product name",
    files.Field.QTY: "数量 quantity",
    files.Field.WHEN: "下单时间 time of order",
    files.Field.PRICE: "单价 unit price",
    files.Field.CUSTOMER: "顾客编号 customer number",
    files.Field.REGION: "地区 region",
}


@click.group("import")
def imports() -> None:
    """导入文件 / Import files."""


imports.add_command(import_products)


@imports.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), help="列映射文件(TOML)/ which column is what")
@click.option("--ask", is_flag=True, help="逐列询问 / ask for every column")
@click.option("--create", is_flag=True, help="未知商品自动建档 / make products of unknown codes")
@click.option("--refused", type=click.Path(path_type=Path), help="拒收行写到这里 / where refused rows go")
@click.option("--price-rate", help="单价列一个单位折合多少元 / yuan for one unit of the price column")
@click.option("--day-order", type=click.Choice(list(files.DayOrder)), help="3/4/2026:日在前还是月在前")
def orders(
    file: Path,
    *,
    mapping: Path | None,
    ask: bool,
    create: bool,
    refused: Path | None,
    price_rate: str | None,
    day_order: files.DayOrder | None,
) -> None:
    """导入订单行(CSV、Excel、Parquet),可重复运行 / Import order lines, as often as you like.

    Reads CSV (UTF-8, GB18030), Excel or Parquet. Importing again adds nothing twice; an
    interrupted import is finished by running it again. A credit note (negative quantity) cancels the latest
    earlier sale of the same customer, product and quantity; both are listed among the refused rows.
    """
    table = files.sheet(file)
    reading = files.recognise(table.headers)
    if mapping is not None:
        reading = files.mapped(reading, mapping)
    if price_rate is not None:
        reading = replace(reading, price_rate=_rate(price_rate), notes=())
    if day_order is not None:
        reading = replace(reading, day_order=files.DayOrder(day_order))
    if ask:
        reading = _asked(reading, table.headers)
    source = files.OrderFile(table, reading)
    _show_columns(reading)
    place = refused or Path(f"{file.stem}.refused.csv")
    memory = opened()
    with memory as store, files.RefusedFile(place, table.headers) as kept:
        take = importing.take_all if create else importing.fitting(store)
        tally = importing.bring_in(store, source, refused=kept, take=take, told=_progress)
    _show_tally(tally, place)
    click.echo(f"存放处 kept in: {memory.where}")


def _rate(text: str) -> Decimal:
    try:
        rate = Decimal(text)
    except InvalidOperation:
        rate = Decimal(0)
    if not rate.is_finite() or rate <= 0:
        raise click.BadParameter(f"“{text}” 不是正数 / is not a positive number", param_hint="--price-rate")
    return rate


def _asked(reading: files.Reading, headers: Sequence[str]) -> files.Reading:
    click.echo(f"列 columns: {', '.join(headers)}")
    columns = {}
    for field, meaning in _MEANINGS.items():
        needed = field in files.REQUIRED
        hint = meaning if needed else f"{meaning}({_LEAVE_OUT} 表示没有 / for none)"
        choices = click.Choice(list(headers) if needed else [*headers, _LEAVE_OUT])
        guess = reading.columns.get(field, None if needed else _LEAVE_OUT)
        answer = click.prompt(hint, default=guess, type=choices, show_choices=False)
        if answer != _LEAVE_OUT:
            columns[field] = answer
    return replace(reading, columns=columns)


def _show_columns(reading: files.Reading) -> None:
    for field, header in reading.columns.items():
        click.echo(f"  {_MEANINGS[field]} ← {header}")
    for zh, en in reading.notes:
        click.echo(f"  {zh}\n  {en}")


def _progress(tally: files.Tally) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{tally.rows:,} …", nl=False, err=True)


def _reason(why: files.Why) -> str:
    blanks = {"value": "…", "row": "…", "column": "…"}
    return f"{why.text('zh', blanks)} {why.text('en', blanks)}"


def _show_tally(tally: files.Tally, refused: Path) -> None:
    if sys.stderr.isatty():
        click.echo("\r", nl=False, err=True)
    turned_away = sum(tally.refused.values())
    for label, number in (
        ("读入 rows", tally.rows),
        ("新增 added", tally.added),
        ("已有 already there", tally.already),
        ("新商品 new products", tally.created),
        ("拒收 refused", turned_away),
    ):
        click.echo(f"{label}: {number:,}")
    for why, number in sorted(tally.refused.items(), key=lambda each: -each[1]):
        click.echo(f"  {number:>9,}  {why}  {_reason(why)}")
    if turned_away:
        click.echo(f"拒收的行和原因 / refused rows and why: {refused}")
