"""The terms goods travel on: accounts with carriers, sites, whose numbers parcels bear, when an order is split."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from roulian import deliver, stock
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.shapes import View

_MOST_DAYS = 330
_MOST_WEIGHT_G = 1_000_000


class CarrierForm(View):
    """A customer code with a carrier, as WeChat's logistics assistant shows it."""

    delivery_id: str
    biz_id: str
    service_type: int
    service_name: str
    weight_g: int = Field(default=1000, le=_MOST_WEIGHT_G)


class CarrierView(CarrierForm):
    """A carrier account under its name."""

    id: str


class SiteForm(View):
    """Where goods leave from or are collected; `hold_days` 0: nothing is collected there."""

    contact: str
    tel: str
    province: str
    city: str
    district: str
    street: str
    hours: str = Field(default="", max_length=128)
    hold_days: int = 0
    tries: int = 5
    after: Literal["refund", "keep"] = "refund"


class SiteView(SiteForm):
    """A site at its place."""

    place: str


class TermsForm(View):
    """`account`: whose waybills parcels bear, null for the brand's own numbers; `split_after_days` 0: never split."""

    account: str | None = None
    split_after_days: int = Field(default=0, ge=0, le=_MOST_DAYS)


class TermsView(View):
    """All of the terms."""

    terms: TermsForm
    carriers: tuple[CarrierView, ...]
    sites: tuple[SiteView, ...]


def shipping_terms_router(deps: ConsoleDeps) -> APIRouter:
    """GET /shipping, PUT /shipping/terms, /shipping/carriers/{id} and /shipping/sites/{place}."""
    router = APIRouter()

    @router.get("/shipping")
    async def terms() -> TermsView:
        """How the brand ships."""
        return await deps.store.ask(_view)

    @router.put("/shipping/terms")
    async def set_terms(form: TermsForm) -> TermsView:
        """Choose whose waybills parcels bear, and when an order is split."""
        wanted = deliver.ShippingTerms(form.account, form.split_after_days)
        return await _set(deps, lambda tx: deliver.set_terms(tx, wanted))

    @router.put("/shipping/carriers/{ident}")
    async def save_carrier(ident: str, form: CarrierForm) -> TermsView:
        """Add a carrier account, or correct it."""
        account = deliver.CarrierAccount(id=ident, **form.model_dump())
        return await _set(deps, lambda tx: deliver.save_carrier(tx, account))

    @router.put("/shipping/sites/{place}")
    async def save_site(place: str, form: SiteForm) -> TermsView:
        """Say where a place is, and whether buyers collect there."""

        def work(tx: Tx) -> None:
            if place not in {known.id for known in stock.locations(tx)}:
                raise stock.UnknownLocation(stock.LocationId(place))
            deliver.save_site(tx, _site(place, form))

        return await _set(deps, work)

    return router


def _site(place: str, form: SiteForm) -> deliver.Site:
    told = form.model_dump(exclude={"after"})
    return deliver.Site(place=place, **told, after=deliver.AfterDeadline(form.after))


async def _set(deps: ConsoleDeps, step: Callable[[Tx], None]) -> TermsView:
    def work(tx: Tx) -> TermsView:
        step(tx)
        return _view(tx)

    return await deps.store.run(work, cause="console.shipping")


def _view(tx: Tx) -> TermsView:
    terms = deliver.terms(tx)
    return TermsView(
        terms=TermsForm(account=terms.account, split_after_days=terms.split_after_days),
        carriers=tuple(CarrierView(**asdict(one)) for one in deliver.carriers(tx)),
        sites=tuple(SiteView(**{**asdict(one), "after": one.after.value}) for one in deliver.sites(tx).values()),
    )
