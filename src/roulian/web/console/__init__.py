"""The console: what a brand's people see and steer.

Owns: the JSON under /api/console/ and the built page. Says: nothing.
Never: holds a rule or writes a row of a stage; it reads faces in plural and composes what a screen needs.
"""

from fastapi import APIRouter, Depends

from roulian.web.console.accounts import accounts_router
from roulian.web.console.aftersales import aftersales_router
from roulian.web.console.books import books_router
from roulian.web.console.campaigns import campaigns_router
from roulian.web.console.catalogue import catalogue_router
from roulian.web.console.clock import clock_router
from roulian.web.console.deps import AccountDoors, ClockControl, ClockState, ConnectDoors, ConsoleDeps, StaffDoors
from roulian.web.console.designs import designs_router
from roulian.web.console.desk import desk_router
from roulian.web.console.events import events_router
from roulian.web.console.goals import goals_router
from roulian.web.console.guard import PREFIX, guard
from roulian.web.console.jobs import jobs_router
from roulian.web.console.notices import notices_router
from roulian.web.console.offers import offers_router
from roulian.web.console.orders import orders_router
from roulian.web.console.page import console_page
from roulian.web.console.payments import payments_router
from roulian.web.console.people import people_router
from roulian.web.console.products import products_router
from roulian.web.console.reach import reach_router
from roulian.web.console.ring import ring_router
from roulian.web.console.sales import sales_router
from roulian.web.console.shelves import shelves_router
from roulian.web.console.shipping import shipping_router
from roulian.web.console.shipping_terms import shipping_terms_router
from roulian.web.console.signals import signals_router
from roulian.web.console.slips import slips_router
from roulian.web.console.staff import staff_router
from roulian.web.console.stream import stream_router
from roulian.web.console.supply import supply_router
from roulian.web.console.tailored import tailored_router
from roulian.web.console.webhooks import webhooks_router
from roulian.web.errors import readable

__all__ = [
    "AccountDoors",
    "ClockControl",
    "ClockState",
    "ConnectDoors",
    "ConsoleDeps",
    "StaffDoors",
    "console_page",
    "console_router",
]


def console_router(deps: ConsoleDeps) -> APIRouter:
    """Everything under /api/console/."""
    router = APIRouter(prefix=PREFIX, tags=["console"], dependencies=[Depends(guard(deps)), Depends(readable)])
    for screen in (
        clock_router,
        ring_router,
        stream_router,
        events_router,
        products_router,
        catalogue_router,
        designs_router,
        tailored_router,
        campaigns_router,
        offers_router,
        goals_router,
        supply_router,
        shelves_router,
        slips_router,
        orders_router,
        shipping_router,
        shipping_terms_router,
        desk_router,
        aftersales_router,
        books_router,
        payments_router,
        sales_router,
        notices_router,
        accounts_router,
        reach_router,
        signals_router,
        jobs_router,
        people_router,
        staff_router,
        webhooks_router,
    ):
        router.include_router(screen(deps))
    return router
