"""The language of the house: ids, units, time, events, errors.

Owns: the words every room speaks. Says: nothing. Never: imports anything of ours.
"""

from roulian.words.errors import Bug, Refusal, Rejected, Unreachable
from roulian.words.event import Event
from roulian.words.ids import (
    ArticleId,
    CampaignId,
    Ids,
    MemberId,
    NoticeId,
    OrderId,
    PurchaseId,
    ShipmentId,
    SkuId,
    SupplierId,
    WorkOrderId,
)
from roulian.words.time import CalendarDays, Clock, Day, Instant, SimulatedClock, WallClock, WorkDays
from roulian.words.units import Fen, Qty, Unit

__all__ = [
    "ArticleId",
    "Bug",
    "CalendarDays",
    "CampaignId",
    "Clock",
    "Day",
    "Event",
    "Fen",
    "Ids",
    "Instant",
    "MemberId",
    "NoticeId",
    "OrderId",
    "PurchaseId",
    "Qty",
    "Refusal",
    "Rejected",
    "ShipmentId",
    "SimulatedClock",
    "SkuId",
    "SupplierId",
    "Unit",
    "Unreachable",
    "WallClock",
    "WorkDays",
    "WorkOrderId",
]
