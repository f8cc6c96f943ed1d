"""`roulian plan`: what will probably sell, what to order now, and why, for the orders that were imported."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from roulian.cli.memory import opened
from roulian.flows import planning
from roulian.gateways import files

_SHOWN = 20
Columns = Mapping[str, Sequence[files.Cell]]


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="写到 .csv、.xlsx 或 .parquet / write it there")
@click.option("--lead-time-days", default=14, show_default=True, help="没有登记供应商时的提前期 / lead time")
@click.option("--moq", default=1, show_default=True, help="最小起订量 / minimum order")
@click.option("--multiple", default=1, show_default=True, help="订货倍数 / order multiple")
@click.option(
    "--service-level",
    type=click.FloatRange(0.5, 0.98),
    default=0.95,
    show_default=True,
    help="提前期内不缺货的比例 / share of lead times without a stock-out",
)
@click.option("--horizon-days", default=28, show_default=True, help="预测天数 / days to forecast")
@click.option("--seed", default=7, show_default=True, help="随机种子 / seed of the forecast's sampling")
@click.option("--top", default=_SHOWN, show_default=True, help="打印几行 / rows to print")
def plan(
    *,
    out: Path | None,
    lead_time_days: int,
    moq: int,
    multiple: int,
    service_level: float,
    horizon_days: int,
    seed: int,
    top: int,
) -> None:
    """按导入的订单给出预测、补货建议和理由 / Forecasts, proposals and their reasons for the imported orders.

    As of the evening of the last
    day with sales. Stock, inbound orders and suppliers count where they are entered; else the options speak.
    """
    import numpy as np

    terms = planning.Terms(lead_time_days=lead_time_days, moq=moq, multiple=multiple)
    with opened() as store:
        planned = planning.plan(
            store, terms=terms, level=service_level, horizon_days=horizon_days, rng=np.random.default_rng(seed)
        )
    ranked = sorted(planned, key=lambda each: (-each.need.target, each.sku))
    _show(ranked, top=top)
    if out is not None:
        files.write_table(out, _columns(ranked))
        click.echo(f"全部 {len(ranked):,} 个 SKU / all {len(ranked):,} SKUs: {out}")


def _show(ranked: Sequence[planning.Planned], *, top: int) -> None:
    proposed = [each for each in ranked if each.draft is not None]
    made_day = ranked[0].forecast.made_day.iso()
    click.echo(f"截至 as of {made_day}: {len(ranked):,} SKU, 建议 proposals {len(proposed):,}")
    click.echo(
        f"{'SKU':<12} {'日均/day':>9} {'需求分位/target':>14} {'可用/free':>9} {'在途/inbound':>11} {'建议/order':>9}"
    )
    for each in ranked[:top]:
        need, draft = each.need, each.draft
        click.echo(
            f"{each.sku:<12} {each.forecast.per_day():>11.1f} {need.target:>16,} {need.free:>11,} "
            f"{need.inbound:>13,} {draft.qty if draft else 0:>11,}"
        )
        click.echo(f"    {each.product.name_zh if each.product else ''}")
        if draft is not None:
            click.echo(f"    {draft.reason.text('zh')}\n    {draft.reason.text('en')}")


def _columns(ranked: Sequence[planning.Planned]) -> Columns:
    return {
        "sku": [each.sku for each in ranked],
        "name_zh": [each.product.name_zh if each.product else "" for each in ranked],
        "name_en": [each.product.name_en if each.product else "" for each in ranked],
        "made_day": [each.forecast.made_day.iso() for each in ranked],
        "median_per_day_units": [round(each.forecast.per_day(), 3) for each in ranked],
        "protection_days": [each.need.days for each in ranked],
        "demand_p50_units": [round(each.forecast.within(each.need.days, 0.5), 2) for each in ranked],
        "demand_p95_units": [round(each.forecast.within(each.need.days, 0.95), 2) for each in ranked],
        "service_level_ratio": [each.need.level for each in ranked],
        "target_units": [each.need.target for each in ranked],
        "free_units": [each.need.free for each in ranked],
        "inbound_units": [each.need.inbound for each in ranked],
        "order_units": [each.draft.qty if each.draft else 0 for each in ranked],
        "need_day": [each.draft.need_day.iso() if each.draft else None for each in ranked],
        "cost_fen": [each.draft.cost_fen if each.draft else 0 for each in ranked],
        "reason_zh": [each.draft.reason.text("zh") if each.draft else "" for each in ranked],
        "reason_en": [each.draft.reason.text("en") if each.draft else "" for each in ranked],
    }
