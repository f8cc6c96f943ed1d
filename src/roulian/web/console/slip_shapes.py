"""The forms and views of `slips`: what a person fills in, and what they are told."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from roulian import stock
from roulian.web.console.shapes import View, Words

MOST_UNITS = 10_000_000
MOST_LINES = 200
NO_CONTROL = r"^[^\x00-\x1f]*$"
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$", description="drawn once by the form; again is no news")]
PlaceId = Annotated[str, Field(min_length=1, max_length=64, pattern=NO_CONTROL)]
Sku = Annotated[str, Field(min_length=1, max_length=64, pattern=NO_CONTROL)]
Name = Annotated[str, Field(max_length=64, pattern=NO_CONTROL)]
LotNo = Annotated[str, Field(min_length=1, max_length=64, pattern=NO_CONTROL, description="as printed on the box")]
Why = Annotated[str, Field(max_length=200, pattern=NO_CONTROL)]
OnDay = Annotated[date, Field(strict=False)]
Units = Annotated[int, Field(ge=1, le=MOST_UNITS)]


class LineForm(View):
    """Units of one SKU, and of one lot where it is named; else those that expire first."""

    sku: Sku
    qty: Units
    lot: LotNo | None = None


class FoundForm(View):
    """What a person counted, of `lot`, or of no lot."""

    sku: Sku
    qty: Annotated[int, Field(ge=0, le=MOST_UNITS)]
    lot: LotNo | None = None


Lines = Annotated[tuple[LineForm, ...], Field(strict=False, min_length=1, max_length=MOST_LINES)]


class SendForm(View):
    """Goods that leave `origin` for `destination`."""

    key: Key
    origin: PlaceId
    destination: PlaceId
    lines: Lines
    expected_day: OnDay | None = None
    reason: Why = ""


class ArriveForm(View):
    """What came of a transfer; `lines` null is all of it. What was sent and is not on a line did not come.

    A line without a lot is of whatever lots were sent; `reason` says why something is missing, where anybody knows.
    """

    lines: Annotated[tuple[FoundForm, ...], Field(strict=False, max_length=MOST_LINES)] | None = None
    reason: Why = ""


class SetApartForm(View):
    """Goods that go from the shelf of `place` into quarantine, or from there back onto it."""

    key: Key
    place: PlaceId
    lines: Lines
    reason: Why


class CountForm(View):
    """A count sheet of one place."""

    key: Key
    place: PlaceId
    lines: Annotated[tuple[FoundForm, ...], Field(strict=False, min_length=1, max_length=MOST_LINES)]
    reason: Why


class AdjustForm(View):
    """Units more, or (negative) less, than the books said."""

    key: Key
    place: PlaceId
    sku: Sku
    qty: Annotated[int, Field(ge=-MOST_UNITS, le=MOST_UNITS)]
    lot: LotNo | None = None
    reason: Why


class ReceiveForm(View):
    """Units that came without a purchase, or back from a buyer; `expires_day` is the lot's last good day."""

    key: Key
    place: PlaceId
    sku: Sku
    qty: Units
    lot: LotNo | None = None
    expires_day: OnDay | None = None
    reason: Why


class PlaceForm(View):
    """A place as people describe it; `region` is a province's short name or GB/T 2260 code."""

    kind: Annotated[stock.LocationKind, Field(strict=False)]
    name_zh: Name
    name_en: Name
    region: Name = ""
    priority: Annotated[int, Field(ge=0, le=1000)] = 0
    sells_online: bool = True


class RuleForm(View):
    """How an order is held over places."""

    rule: Annotated[stock.AllocationRule, Field(strict=False)]


class SlipLineView(View):
    """Units of one SKU on a slip."""

    sku: str
    qty: int
    lot: str | None


class SlipView(View):
    """A slip; `by` is who entered it, named in `names`."""

    id: str
    kind: str
    by: str
    reason: str
    origin: str | None
    destination: str | None
    lines: tuple[SlipLineView, ...]
    entered_ms: int | None


class CountedView(View):
    """What the books said (`booked`) and what was found; the books now say what was found."""

    sku: str
    lot: str | None
    booked: int
    found: int
    difference: int


class CountedSheet(View):
    """A count sheet once it is entered."""

    slip: SlipView
    lines: tuple[CountedView, ...]


class SlipList(View):
    """The newest slips, and the names of everything on them."""

    rows: tuple[SlipView, ...]
    names: Mapping[str, Words]


class StockedList(View):
    """Every SKU that has a shelf, or may have one, named."""

    skus: tuple[str, ...]
    names: Mapping[str, Words]
