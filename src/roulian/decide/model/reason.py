"""Why: a code for machines, facts to drill into, and a sentence a planner would sign, in Chinese and English."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ReasonCode(StrEnum):
    """Every reason a decision can have."""

    ON_SHELF = "on_shelf"
    FROM_INBOUND = "from_inbound"
    NEEDS_PURCHASE = "needs_purchase"
    NEEDS_PURCHASE_BULK = "needs_purchase_bulk"
    NEEDS_PRODUCTION = "needs_production"
    NEEDS_PRODUCTION_BULK = "needs_production_bulk"
    BELOW_TARGET = "below_target"
    BELOW_TARGET_MOQ = "below_target_moq"
    BELOW_TARGET_LOT = "below_target_lot"
    ECONOMIC_LOT = "economic_lot"
    LOT_EARNS_SETUP = "lot_earns_setup"
    LOT_FILLS = "lot_fills"
    CAP_CAPACITY = "cap_capacity"
    CAP_MATERIAL = "cap_material"
    BATCH_PLANNED = "batch_planned"
    BATCH_WAITS_FOR_MATERIAL = "batch_waits_for_material"
    DEMAND_ABOVE_BAND = "demand_above_band"
    DEMAND_BELOW_BAND = "demand_below_band"
    MARK_DOWN = "mark_down"
    WATCH = "watch"
    SUPPLIER_DELAYED = "supplier_delayed"
    MATERIAL_DELAYED = "material_delayed"
    LOT_MISSED = "lot_missed"
    CAMPAIGN_EXTENDED = "campaign_extended"
    GROUP_FILLS = "group_fills"
    WAITS_FOR_CARRIER = "waits_for_carrier"
    WAITS_FOR_SHOP = "waits_for_shop"


_ZH: Mapping[ReasonCode, str] = {
    ReasonCode.ON_SHELF: "现有可用 {free} 件,够本单 {qty} 件,{day} 前发出",
    ReasonCode.FROM_INBOUND: "现有可用 {free} 件,在途未分配 {inbound} 件于 {arrives} 前到齐,够本单 {qty} 件,{day} 前发出",
    ReasonCode.NEEDS_PURCHASE: "现有与在途不够本单 {qty} 件,需采购:{starts} 起下单周期 {review_days} 天、"
    "供应商提前期 {lead_time_days} 天、收货出库 {handling_days} 天,{day} 前发出",
    ReasonCode.NEEDS_PURCHASE_BULK: "本单 {qty} 件达到大单线 {bulk_from} 件,不占现货、单独采购:{starts} 起下单周期 "
    "{review_days} 天、供应商提前期 {lead_time_days} 天、收货出库 {handling_days} 天,{day} 前发出",
    ReasonCode.NEEDS_PRODUCTION: "现有与在途不够本单 {qty} 件,需生产 {make_qty} 件:物料 {material_lead_days} 天备齐,"
    "产线空余产能排到 {finishes} 完工,{day} 前发出",
    ReasonCode.NEEDS_PRODUCTION_BULK: "本单 {qty} 件达到大单线 {bulk_from} 件,不占现货、单独生产 {make_qty} 件:物料 "
    "{material_lead_days} 天备齐,产线空余产能排到 {finishes} 完工,{day} 前发出",
    ReasonCode.BELOW_TARGET: "未来 {days} 天需求 {level_percent}% 分位 {target} 件,现有可用 {free} 件、在途 {inbound} 件,"
    "缺 {short} 件,按整箱 {multiple} 件订 {qty} 件",
    ReasonCode.BELOW_TARGET_MOQ: "未来 {days} 天需求 {level_percent}% 分位 {target} 件,现有可用 {free} 件、在途 {inbound} 件,"
    "缺 {short} 件,按最小起订 {moq} 件、整箱 {multiple} 件订 {qty} 件",
    ReasonCode.BELOW_TARGET_LOT: "未来 {days} 天需求 {level_percent}% 分位 {target} 件,现有可用 {free} 件、在途 {inbound} 件,"
    "缺 {short} 件,按经济批量 {lot} 件、整箱 {multiple} 件订 {qty} 件",
    ReasonCode.ECONOMIC_LOT: "每次准备费 {setup_yuan} 元,单件年持有成本 {holding_yuan} 元,日均需求 {per_day} 件:"
    "每批 {lot} 件时准备费与持有费之和最低",
    ReasonCode.LOT_EARNS_SETUP: "每次准备费 {setup_yuan} 元,单件毛利 {margin_yuan} 元:至少 {qty} 件,准备费才不超过毛利的 "
    "{share_percent}%",
    ReasonCode.LOT_FILLS: "目标 {qty} 件;按日均需求 {per_day} 件,{days} 天预售期内预计卖出 {expected} 件",
    ReasonCode.CAP_CAPACITY: "{starts} 至 {ends},产线空余产能最多做 {qty} 件",
    ReasonCode.CAP_MATERIAL: "{starts} 至 {ends},物料 {material} 可用 {free},最多做 {qty} 件",
    ReasonCode.BATCH_PLANNED: "{qty} 件从 {starts} 开工,产线空余产能排到 {finishes} 完工",
    ReasonCode.BATCH_WAITS_FOR_MATERIAL: "{qty} 件等物料 {material} 于 {starts} 到齐后开工,产线空余产能排到 {finishes} 完工",
    ReasonCode.DEMAND_ABOVE_BAND: "{day} 售出 {actual} 件,高于预测上限 {limit} 件;若势头保留 {persistence_percent}%,"
    "未来 {days} 天多需 {qty} 件:追加采购占用 {cost_yuan} 元,可多得毛利 {gain_yuan} 元",
    ReasonCode.DEMAND_BELOW_BAND: "{day} 售出 {actual} 件,低于预测下限 {limit} 件;若势头保留 {persistence_percent}%,"
    "未来 {days} 天少卖 {qty} 件:下一单少订 {qty} 件,可省持有费 {gain_yuan} 元",
    ReasonCode.MARK_DOWN: "{day} 售出 {actual} 件,低于预测下限 {limit} 件;降价 {discount_percent}% 卖出多余的 {qty} 件,"
    "让利 {cost_yuan} 元,收回占用 {gain_yuan} 元",
    ReasonCode.WATCH: "{day} 售出 {actual} 件,超出预测范围;单日波动,再看 {days} 天",
    ReasonCode.SUPPLIER_DELAYED: "供应商把到货从 {was_day} 改到 {now_day},按新的到货顺序排到本单,{day} 前发出",
    ReasonCode.MATERIAL_DELAYED: "物料 {material} 到货推迟,工单完工从 {was_day} 改到 {now_day},{day} 前发出",
    ReasonCode.CAMPAIGN_EXTENDED: "到期付款 {paid_qty} 件,未达到起产批量 {lot_qty} 件,预售延至 {deadline},{day} 前发出",
    ReasonCode.LOT_MISSED: "截止时付款 {paid_qty} 件,未达到起产批量 {lot_qty} 件",
    ReasonCode.GROUP_FILLS: "拼团最晚 {closes} 成团,成团后 {day} 前发出",
    ReasonCode.WAITS_FOR_CARRIER: "包裹已打包,承运商到 {was_day} 未取件,{day} 前发出",
    ReasonCode.WAITS_FOR_SHOP: "包裹已打包,到 {was_day} 未送达自提门店,{day} 前到店",
}
_EN: Mapping[ReasonCode, str] = {
    ReasonCode.ON_SHELF: "{free} free on the shelf cover the {qty} ordered; leaves by {day}",
    ReasonCode.FROM_INBOUND: "{free} free on the shelf and {inbound} unallocated on the way, in by {arrives}, cover the "
    "{qty} ordered; leaves by {day}",
    ReasonCode.NEEDS_PURCHASE: "Shelf and inbound do not cover the {qty} ordered. To buy from {starts}: ordering cycle "
    "{review_days} d, supplier lead time {lead_time_days} d, handling {handling_days} d; leaves by {day}",
    ReasonCode.NEEDS_PURCHASE_BULK: "{qty} reaches the bulk line of {bulk_from}, so it is bought separately and leaves the "
    "shelf alone. From {starts}: ordering cycle {review_days} d, supplier lead time {lead_time_days} d, handling "
    "{handling_days} d; leaves by {day}",
    ReasonCode.NEEDS_PRODUCTION: "Shelf and inbound do not cover the {qty} ordered. To make {make_qty}: materials in "
    "{material_lead_days} d, free line capacity finishes on {finishes}; leaves by {day}",
    ReasonCode.NEEDS_PRODUCTION_BULK: "{qty} reaches the bulk line of {bulk_from}, so {make_qty} are made separately: "
    "materials in {material_lead_days} d, free line capacity finishes on {finishes}; leaves by {day}",
    ReasonCode.BELOW_TARGET: "{level_percent}% quantile of the next {days} days' demand is {target}; {free} free and "
    "{inbound} inbound leave {short} short. Order {qty} in cases of {multiple}",
    ReasonCode.BELOW_TARGET_MOQ: "{level_percent}% quantile of the next {days} days' demand is {target}; {free} free and "
    "{inbound} inbound leave {short} short. Order {qty}: minimum {moq}, cases of {multiple}",
    ReasonCode.BELOW_TARGET_LOT: "{level_percent}% quantile of the next {days} days' demand is {target}; {free} free and "
    "{inbound} inbound leave {short} short. Order {qty}: economic lot {lot}, cases of {multiple}",
    ReasonCode.ECONOMIC_LOT: "At CNY {setup_yuan} per set-up, CNY {holding_yuan} to hold one unit a year and {per_day} "
    "sold a day, lots of {lot} cost least in set-ups and holding together",
    ReasonCode.LOT_EARNS_SETUP: "At CNY {setup_yuan} per set-up and CNY {margin_yuan} of margin a unit, {qty} units keep the "
    "set-up within {share_percent}% of the margin",
    ReasonCode.LOT_FILLS: "The goal is {qty}; at {per_day} a day the {days} days of the presale should sell {expected}",
    ReasonCode.CAP_CAPACITY: "From {starts} to {ends} the line's free capacity makes {qty} at most",
    ReasonCode.CAP_MATERIAL: "From {starts} to {ends} the {free} free of {material} allow {qty} at most",
    ReasonCode.BATCH_PLANNED: "{qty} start on {starts}; free line capacity finishes on {finishes}",
    ReasonCode.BATCH_WAITS_FOR_MATERIAL: "{qty} wait for {material} until {starts}; free line capacity finishes on {finishes}",
    ReasonCode.DEMAND_ABOVE_BAND: "{actual} sold on {day}, above the limit of {limit}. If {persistence_percent}% of it "
    "lasts, the next {days} days need {qty} more: buying them ties up CNY {cost_yuan} and earns CNY {gain_yuan}",
    ReasonCode.DEMAND_BELOW_BAND: "{actual} sold on {day}, below the limit of {limit}. If {persistence_percent}% of it "
    "lasts, the next {days} days sell {qty} fewer: ordering {qty} less saves CNY {gain_yuan} of holding",
    ReasonCode.MARK_DOWN: "{actual} sold on {day}, below the limit of {limit}. {discount_percent}% off the surplus {qty} "
    "gives away CNY {cost_yuan} and frees CNY {gain_yuan}",
    ReasonCode.WATCH: "{actual} sold on {day}, outside the forecast; one day alone, watch {days} more days",
    ReasonCode.SUPPLIER_DELAYED: "The supplier moved delivery from {was_day} to {now_day}; in the order of arrival this "
    "order leaves by {day}",
    ReasonCode.MATERIAL_DELAYED: "{material} comes later, so the work order is done on {now_day} instead of {was_day}; "
    "this order leaves by {day}",
    ReasonCode.CAMPAIGN_EXTENDED: "{paid_qty} were paid by the deadline; production needs {lot_qty}. The presale goes on until"
    " {deadline}; leaves by {day}",
    ReasonCode.LOT_MISSED: "{paid_qty} were paid by the deadline; production needs {lot_qty}",
    ReasonCode.GROUP_FILLS: "The group is complete by {closes} at the latest; then it leaves by {day}",
    ReasonCode.WAITS_FOR_CARRIER: "The parcel stands packed and no carrier took it by {was_day}; leaves by {day}",
    ReasonCode.WAITS_FOR_SHOP: "The parcel stands packed and was not at its shop by {was_day}; there by {day}",
}
_BUYER_ZH: Mapping[ReasonCode, str] = {
    ReasonCode.ON_SHELF: "现货,随下一班出库",
    ReasonCode.FROM_INBOUND: "补货在途,到仓即发",
    ReasonCode.NEEDS_PURCHASE: "现货已订完,为您补货",
    ReasonCode.NEEDS_PURCHASE_BULK: "大单专项备货",
    ReasonCode.NEEDS_PRODUCTION: "按单生产",
    ReasonCode.NEEDS_PRODUCTION_BULK: "大单专项生产",
    ReasonCode.BATCH_PLANNED: "已排产开工",
    ReasonCode.BATCH_WAITS_FOR_MATERIAL: "物料到齐即开工",
    ReasonCode.SUPPLIER_DELAYED: "供应商到货推迟",
    ReasonCode.MATERIAL_DELAYED: "原料晚到,生产顺延",
    ReasonCode.LOT_MISSED: "未达到起产数量",
    ReasonCode.CAMPAIGN_EXTENDED: "未满起产数量,预售延期",
    ReasonCode.GROUP_FILLS: "成团后随下一班出库",
    ReasonCode.WAITS_FOR_CARRIER: "等待承运商取件",
    ReasonCode.WAITS_FOR_SHOP: "正在送往自提门店",
}
_BUYER_EN: Mapping[ReasonCode, str] = {
    ReasonCode.ON_SHELF: "in stock, leaves with the next round",
    ReasonCode.FROM_INBOUND: "on its way to our warehouse",
    ReasonCode.NEEDS_PURCHASE: "sold out on the shelf, being bought for you",
    ReasonCode.NEEDS_PURCHASE_BULK: "a large order, bought for you alone",
    ReasonCode.NEEDS_PRODUCTION: "made to order",
    ReasonCode.NEEDS_PRODUCTION_BULK: "a large order, made for you alone",
    ReasonCode.BATCH_PLANNED: "production is scheduled",
    ReasonCode.BATCH_WAITS_FOR_MATERIAL: "production starts once the material is in",
    ReasonCode.SUPPLIER_DELAYED: "our supplier delivers later",
    ReasonCode.MATERIAL_DELAYED: "a material comes later, so it is made later",
    ReasonCode.LOT_MISSED: "too few were ordered to produce",
    ReasonCode.CAMPAIGN_EXTENDED: "too few were ordered so far; the presale goes on",
    ReasonCode.GROUP_FILLS: "leaves with the next round once the group is complete",
    ReasonCode.WAITS_FOR_CARRIER: "waiting for the carrier",
    ReasonCode.WAITS_FOR_SHOP: "on its way to the shop",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a decision is as it is. Facts are whole numbers, days as `YYYY-MM-DD`, money as yuan text."""

    code: ReasonCode
    facts: Mapping[str, int | str] = field(default_factory=dict)

    def text(self, lang: str = "zh") -> str:
        """The sentence in `zh` or `en`, facts filled in."""
        template = _EN if lang.startswith("en") else _ZH
        return template[self.code].format(**self.facts)

    def buyer_text(self, lang: str = "zh") -> str:
        """The same reason in a few words for the buyer: nothing of our stock, at most 20 characters in Chinese."""
        words = _BUYER_EN if lang.startswith("en") else _BUYER_ZH
        return words.get(self.code, self.text(lang))
