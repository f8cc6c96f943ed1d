"""One definition per figure."""

from collections.abc import Mapping, Sequence

from roulian.learn.model import Facts, Kpi, StockDay, Unit


def _ratio(part: float, whole: float) -> float | None:
    return None if not whole else part / whole


def _sum(counts: Mapping[str, int], *names: str) -> int:
    return sum(counts.get(name, 0) for name in names)


def _mean(days: Sequence[StockDay], field: str) -> float | None:
    return None if not days else sum(getattr(day, field) for day in days) / len(days)


def kpis(facts: Facts) -> tuple[Kpi, ...]:
    """The report's figures, always the same ones in the same order.

    Promise kept: shipped no later than the latest day told to the buyer, of all lines shipped; first promise kept:
    no later than the very first day told.
    Shelf share: lines promised from stock, of all lines promised. Stock-out share: SKU-days that closed
    with nothing free, of all SKU-days offered.
    """
    return (*_demand(facts), *_supply(facts), *_outreach(facts))


def _demand(facts: Facts) -> tuple[Kpi, ...]:
    placed = sum(facts.orders.values())
    paid = _sum(facts.orders, "paid", "shipped", "delivered")
    back = _sum(facts.orders, "refunding", "refunded", "paid_after_cancel")
    lines = sum(facts.promise_sources.values())
    settled = _sum(facts.promises, "kept", "broken")
    return (
        Kpi("orders_placed", "下单", "Orders placed", placed, Unit.COUNT),
        Kpi("orders_paid", "有效付款订单", "Orders paid and standing", paid, Unit.COUNT),
        Kpi("orders_delivered", "已签收", "Orders delivered", _sum(facts.orders, "delivered"), Unit.COUNT),
        Kpi("orders_cancelled", "已取消", "Orders cancelled", _sum(facts.orders, "cancelled"), Unit.COUNT),
        Kpi("orders_refunded", "退款", "Orders refunded or refunding", back, Unit.COUNT),
        Kpi("units_sold", "售出件数", "Units sold", facts.units, Unit.COUNT),
        Kpi("revenue", "销售额", "Revenue", facts.revenue_fen, Unit.FEN),
        Kpi(
            "shelf_share",
            "现货承诺占比",
            "Lines promised from the shelf",
            _ratio(facts.promise_sources.get("stock", 0), lines),
            Unit.RATIO,
        ),
        Kpi(
            "promise_kept",
            "承诺兑现率",
            "Promises kept",
            _ratio(facts.promises.get("kept", 0), settled),
            Unit.RATIO,
        ),
        Kpi(
            "first_promise_kept",
            "首次承诺兑现率",
            "First promises kept",
            _ratio(facts.first_promises.get("kept", 0), _sum(facts.first_promises, "kept", "broken")),
            Unit.RATIO,
        ),
        Kpi("promises_moved", "改期次数", "Promises moved", facts.promises_moved, Unit.COUNT),
    )


def _supply(facts: Facts) -> tuple[Kpi, ...]:
    purchases = sum(facts.purchases.values())
    sku_days = sum(day.skus for day in facts.days)
    pinball, coverage = facts.accuracy or (None, None)
    return (
        Kpi("purchases", "采购单", "Purchases placed", purchases, Unit.COUNT),
        Kpi("work_orders", "生产工单", "Work orders opened", sum(facts.work_orders.values()), Unit.COUNT),
        Kpi(
            "campaigns_reached",
            "成团预售",
            "Presales that reached their lot",
            facts.campaigns.get("reached", 0),
            Unit.COUNT,
        ),
        Kpi("campaigns_missed", "未成团预售", "Presales that missed", facts.campaigns.get("missed", 0), Unit.COUNT),
        Kpi("lots_opened", "经济批量开产", "Economic lots opened", facts.lots, Unit.COUNT),
        Kpi("stock_value_mean", "平均库存金额(成本)", "Mean stock at cost", _mean(facts.days, "value_fen"), Unit.FEN),
        Kpi(
            "stockout_share",
            "缺货 SKU·日占比",
            "Stock-out share of SKU-days",
            _ratio(sum(day.skus_out for day in facts.days), sku_days),
            Unit.RATIO,
        ),
        Kpi("forecast_pinball", "预测分位损失(标度)", "Forecast pinball, scaled", pinball, Unit.RATIO),
        Kpi("forecast_coverage_95", "95% 分位覆盖率", "Coverage of the 95 % quantile", coverage, Unit.RATIO),
        Kpi("anomalies", "需求异常", "Demand anomalies", facts.anomalies, Unit.COUNT),
    )


def _outreach(facts: Facts) -> tuple[Kpi, ...]:
    told = facts.notices.get("sent", 0)
    return (
        Kpi("signals", "行为信号", "Signals", facts.signals, Unit.COUNT),
        Kpi("notices_sent", "已送达消息", "Notices delivered", told, Unit.COUNT),
        Kpi("notices_failed", "未送达消息", "Notices no door was left for", facts.notices.get("failed", 0), Unit.COUNT),
        Kpi(
            "by_subscribe",
            "其中订阅消息",
            "of them by subscription message",
            facts.doors.get("subscribe", 0),
            Unit.COUNT,
        ),
        Kpi("by_card", "其中服务卡片", "of them by service card", facts.doors.get("user_notify", 0), Unit.COUNT),
        Kpi(
            "by_order_page",
            "其中订单页",
            "of them on the order page only",
            facts.doors.get("order_page", 0),
            Unit.COUNT,
        ),
    )
