"""What may be chosen of a product that is made to measure, entered by its keepers: choices, prices, parts and steps.

A choice is priced and made as said here: its materials and steps go into the BOM and the routing of each piece.
"""

from typing import Annotated

import msgspec
from fastapi import APIRouter
from pydantic import Field

from roulian import tailor
from roulian.flows import tailoring
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.shapes import View

_MOST = 100_000_000
_MOST_MM = 10_000
_MOST_PARTS = 100

Name = Annotated[str, Field(max_length=200)]
Fen = Annotated[int, Field(ge=0, le=_MOST)]
Count = Annotated[int, Field(ge=1, le=_MOST)]
Length = Annotated[int, Field(ge=0, le=_MOST_MM, description="millimetres")]


class MaterialForm(View):
    """Units of a material that go in."""

    sku: Name
    qty: Count


class StepForm(View):
    """Minutes of work on a line."""

    line: Name
    minutes: Count


Materials = Annotated[tuple[MaterialForm, ...], Field(strict=False, max_length=_MOST_PARTS)]
Steps = Annotated[tuple[StepForm, ...], Field(strict=False, max_length=_MOST_PARTS)]


class ValueForm(View):
    """One of a group's choices: what it costs more, and what it takes."""

    id: Name
    name_zh: Name
    name_en: Name = ""
    surcharge_fen: Fen = 0
    materials: Materials = ()
    steps: Steps = ()


class GroupForm(View):
    """A choice to make: fabric, cut, pattern."""

    id: Name
    name_zh: Name
    name_en: Name = ""
    values: Annotated[tuple[ValueForm, ...], Field(strict=False, max_length=_MOST_PARTS)] = ()
    is_required: bool = True


class BandForm(View):
    """From this length on it costs so much more, and takes so much more."""

    from_mm: Length
    surcharge_fen: Fen = 0
    materials: Materials = ()


class MeasureForm(View):
    """A length the buyer gives, within its limits."""

    id: Name
    name_zh: Name
    name_en: Name
    least_mm: Length
    most_mm: Length
    bands: Annotated[tuple[BandForm, ...], Field(strict=False, max_length=_MOST_PARTS)] = ()


class LetteringForm(View):
    """A text the buyer gives; content security reads it before anything is made."""

    id: Name
    name_zh: Name
    name_en: Name
    most_letters: Annotated[int, Field(ge=1, le=200)]
    fen_per_letter: Fen = 0
    materials: Materials = ()
    steps: Steps = ()


class PickForm(View):
    """One value of one group."""

    group: Name
    value: Name


class RuleForm(View):
    """What does not go together, or needs something else, and why, in words for the buyer."""

    pick: PickForm
    bond: Annotated[tailor.Bond, Field(strict=False)]
    other: PickForm
    why_zh: Name
    why_en: Name


class DesignForm(View):
    """All that may be chosen of one product; `version` is the one it was read at, 0 for a first design."""

    line: Name
    base_price_fen: Count
    materials: Materials = ()
    steps: Steps = ()
    groups: Annotated[tuple[GroupForm, ...], Field(strict=False, max_length=_MOST_PARTS)] = ()
    measures: Annotated[tuple[MeasureForm, ...], Field(strict=False, max_length=_MOST_PARTS)] = ()
    letterings: Annotated[tuple[LetteringForm, ...], Field(strict=False, max_length=_MOST_PARTS)] = ()
    rules: Annotated[tuple[RuleForm, ...], Field(strict=False, max_length=_MOST_PARTS)] = ()
    version: Annotated[int, Field(ge=0)] = 0


def designs_router(deps: ConsoleDeps) -> APIRouter:
    """GET and PUT /catalogue/{product}/design."""
    router = APIRouter()

    @router.get("/catalogue/{product}/design")
    async def design(product: str) -> DesignForm:
        """What may be chosen of the product. Refused: not_tailored."""
        return await deps.store.ask(lambda tx: _form(tx, product))

    @router.put("/catalogue/{product}/design")
    async def draw(product: str, form: DesignForm) -> DesignForm:
        """The product is made to measure as entered. Refused: product_not_found; bad_design; design_changed."""

        def work(tx: Tx) -> DesignForm:
            tailoring.draw(tx, msgspec.convert({"product": product, **form.model_dump()}, tailor.Design))
            return _form(tx, product)

        return await deps.store.run(work, cause="console.design")

    return router


def _form(tx: Tx, product: str) -> DesignForm:
    known = tailor.designs(tx, [product]).get(product)
    if known is None:
        raise tailor.NotTailored(product)
    told = msgspec.to_builtins(known)
    del told["product"]
    return DesignForm.model_validate(told, strict=False)
