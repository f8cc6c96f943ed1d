"""`roulian import products FILE` and `roulian export products FILE`: the catalogue as a table, there and back."""

from collections import Counter
from pathlib import Path

import click

from roulian.cli.memory import opened
from roulian.flows import cataloguing
from roulian.gateways import files
from roulian.sell import Change

_MOST_SHOWN = 50
_SAID = {
    Change.CREATED: "新增 created",
    Change.CHANGED: "修改 changed",
    Change.SAME: "不变 unchanged",
}


@click.command("products")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="只说会发生什么,什么也不改 / say what would happen, change nothing")
@click.option("--refused", type=click.Path(path_type=Path), help="拒收行写到这里 / where refused rows go")
def import_products(file: Path, *, dry_run: bool, refused: Path | None) -> None:
    """导入商品(CSV、Excel),可重复运行 / Import products, as often as you like.

    One row is one SKU; `roulian export products` writes the pattern. What a row leaves out stays as it is. A product
    comes in whole or not at all, and the whole file in one commit.
    """
    sheet = files.sheet(file)
    table = files.offers(sheet)
    memory = opened()
    with memory as store:
        outcome = (cataloguing.rehearse if dry_run else cataloguing.bring_in)(store, table)
    place = refused or Path(f"{file.stem}.refused.csv")
    with files.RefusedFile(place, sheet.headers) as kept:
        kept.keep(outcome.refused)
    _show(outcome, place)
    click.echo("试运行,什么也没有改 / dry run: nothing changed" if dry_run else f"存放处 kept in: {memory.where}")


@click.group("export")
def exports() -> None:
    """导出文件 / Export files."""


@exports.command("products")
@click.argument("file", type=click.Path(path_type=Path))
def export_products(file: Path) -> None:
    """导出商品为 .csv、.xlsx 或 .parquet,可改后再导入 / Export products; edit the file and import it again."""
    with opened() as store:
        rows = store.read(cataloguing.rows)
    files.write_table(file, files.columns(rows))
    click.echo(f"导出 exported: {len(rows):,} → {file}")


def _show(outcome: cataloguing.Outcome, refused: Path) -> None:
    lines = [(one.row, f"{_SAID[one.change]}  {one.product} / {one.sku}") for one in outcome.taken]
    lines += [
        (one.row, f"拒收 refused  {one.why.text('zh', one.facts)} {one.why.text('en', one.facts)}")
        for one in outcome.refused
    ]
    news = [line for line in sorted(lines) if _SAID[Change.SAME] not in line[1]]
    for row, said in news[:_MOST_SHOWN]:
        click.echo(f"  第 {row} 行 row {row}: {said}")
    if len(news) > _MOST_SHOWN:
        click.echo(f"  … {len(news) - _MOST_SHOWN:,}")
    if outcome.ignored:
        click.echo(f"未识别的列 columns not known: {', '.join(outcome.ignored)}")
    counts = Counter(one.change for one in outcome.taken)
    for change, label in _SAID.items():
        click.echo(f"{label}: {counts[change]:,}")
    click.echo(f"拒收 refused: {len(outcome.refused):,}")
    if outcome.refused:
        click.echo(f"拒收的行和原因 / refused rows and why: {refused}")
