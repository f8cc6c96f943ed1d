"""The catalogue as its keepers edit it: entries with a version, and tables brought in after a rehearsal."""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from roulian import sell, tailor
from roulian.flows import cataloguing
from roulian.gateways import files
from roulian.store import Store, Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.shapes import View, Words
from roulian.words import Instant, Refusal, SkuId

MOST_FILE_BYTES = 10 << 20
_MOST_QTY = 1_000_000
_MOST_VERSION = 10**15

Text = Annotated[str, Field(max_length=200)]
Qty = Annotated[int, Field(ge=1, le=_MOST_QTY)]
Millis = Annotated[int, Field(ge=0, le=10**14, description="an instant in milliseconds since 1970 UTC")]


class FileTooLarge(Refusal):
    """The table is larger than this door takes."""

    code = "file_too_large"
    zh = "文件超过 10 MiB,请分成几个文件,或用 roulian import products 导入。"
    en = "The file is larger than 10 MiB. Split it, or use roulian import products."


class ComponentView(View):
    """So many units of a SKU inside a bundle."""

    sku: Text
    qty: Qty


class OfferView(View):
    """One SKU: its combination of options, its price and the terms on which it is sold."""

    sku: Text
    price_fen: int
    cost_fen: int = 0
    option_zh: Text = ""
    option_en: Text = ""
    mode: Annotated[sell.Supply, Field(strict=False)] = sell.Supply.STOCK
    options: Annotated[dict[Text, Text], Field(max_length=20, default_factory=dict)]
    least_qty: Qty = 1
    most_qty: Qty | None = None
    multiple_qty: Qty = 1
    from_ms: Millis | None = None
    until_ms: Millis | None = None
    accounts: Annotated[tuple[Text, ...], Field(strict=False, max_length=100)] = ()
    regions: Annotated[tuple[Text, ...], Field(strict=False, max_length=500)] = ()
    components: Annotated[tuple[ComponentView, ...], Field(strict=False, max_length=100)] = ()


class OptionValueView(View):
    """One value of an option group."""

    id: Text
    name_zh: Text
    name_en: Text = ""


class OptionGroupView(View):
    """What a buyer chooses one value of."""

    id: Text
    name_zh: Text
    name_en: Text = ""
    values: Annotated[tuple[OptionValueView, ...], Field(strict=False, max_length=200)]


class MediumView(View):
    """A picture or a film."""

    url: Annotated[str, Field(max_length=2_000)]
    kind: Annotated[sell.MediumKind, Field(strict=False)] = sell.MediumKind.IMAGE


class EntryTerms(View):
    """A product as its keeper describes it."""

    name_zh: Text
    name_en: Text = ""
    category: Text = ""
    emoji: Text = ""
    colour: Text = ""
    groups: Annotated[tuple[OptionGroupView, ...], Field(strict=False, max_length=20)] = ()
    media: Annotated[tuple[MediumView, ...], Field(strict=False, max_length=100)] = ()
    skus: Annotated[tuple[OfferView, ...], Field(strict=False, max_length=1_000)] = ()


class EntryForm(EntryTerms):
    """A product as its keeper enters it; `version` is the one it was read at, 0 for a new product."""

    version: Annotated[int, Field(ge=0, le=_MOST_VERSION)]


class EntryView(EntryForm):
    """A product as it stands in the catalogue."""

    product: str
    is_tailored: bool


class EntryRow(View):
    """A product on the list: how many SKUs, and from what price."""

    product: str
    name: Words
    category: str
    skus: int
    least_price_fen: int | None
    is_tailored: bool
    version: int


class CategoryView(View):
    """A node of the category tree, and how many products stand under it."""

    path: str
    products: int


class CatalogueView(View):
    """Every product, and the tree of categories, parents before children."""

    rows: tuple[EntryRow, ...]
    categories: tuple[CategoryView, ...]


class ImportedRow(View):
    """What a row of a table did: `change`, or for a refused row the code and the reason."""

    row: int
    product: str | None = None
    sku: str | None = None
    change: sell.Change | None = None
    code: str | None = None
    reason: Words | None = None


class ImportView(View):
    """What a table did to the catalogue, or would do, row by row."""

    rows: tuple[ImportedRow, ...]
    refused: int
    ignored: tuple[str, ...]


def catalogue_router(deps: ConsoleDeps) -> APIRouter:
    """GET /catalogue, GET and PUT /catalogue/{product}, GET /catalogue-export, POST /catalogue-imports and its rehearsal."""
    router = APIRouter()

    @router.get("/catalogue")
    async def catalogue() -> CatalogueView:
        """Every product, by id."""
        return await deps.store.ask(_list)

    @router.get("/catalogue/{product}")
    async def entry(product: str) -> EntryView:
        """One product, whole. Refused: product_not_found."""
        return await deps.store.ask(lambda tx: entry_view(tx, product))

    @router.put("/catalogue/{product}")
    async def enter(product: str, form: EntryForm) -> EntryView:
        """The product as entered. Refused: bad_entry; entry_changed where somebody changed it since."""

        def work(tx: Tx) -> EntryView:
            sell.save_entry(tx, entered(product, form, version=form.version))
            return entry_view(tx, product)

        return await deps.store.run(work, cause="console.catalogue")

    @router.get("/catalogue-export", response_class=Response, responses={200: _EXPORT})
    async def export(file: Literal["csv", "xlsx"] = "xlsx") -> Response:
        """Every product as a table; edited, it can be brought in again."""
        return await asyncio.to_thread(_exported, deps.store, file)

    @router.post("/catalogue-imports", openapi_extra=_TABLE)
    async def bring_in(request: Request) -> ImportView:
        """The table (CSV or Excel, as the body) is in. Refused: missing_offer_columns, unknown_format."""
        return await _imported(deps.store, request, cataloguing.bring_in)

    @router.post("/catalogue-imports/rehearsal", openapi_extra=_TABLE)
    async def rehearse(request: Request) -> ImportView:
        """What the table would do; nothing changes."""
        return await _imported(deps.store, request, cataloguing.rehearse)

    return router


_TABLE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_EXPORT = {
    "content": {
        kind: {"schema": {"title": "Table", "type": "string", "format": "binary"}} for kind in _MEDIA_TYPES.values()
    }
}
Import = Callable[[Store, files.OfferTable], cataloguing.Outcome]


def _exported(store: Store, kind: str) -> Response:
    rows = store.read(cataloguing.rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"catalogue.{kind}"
        files.write_table(path, files.columns(rows))
        body = path.read_bytes()
    headers = {"content-disposition": f'attachment; filename="{path.name}"'}
    return Response(body, media_type=_MEDIA_TYPES[kind], headers=headers)


async def _imported(store: Store, request: Request, import_: Import) -> ImportView:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_FILE_BYTES:
            raise FileTooLarge
    return await asyncio.to_thread(_run, store, body, import_)


def _run(store: Store, body: bytes, import_: Import) -> ImportView:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        path.write_bytes(body)
        outcome = import_(store, files.offers(files.sheet(path)))
    rows = [ImportedRow(row=one.row, product=one.product, sku=one.sku, change=one.change) for one in outcome.taken]
    rows += [
        ImportedRow(
            row=one.row,
            code=one.why,
            reason=Words(zh=one.why.text("zh", one.facts), en=one.why.text("en", one.facts)),
        )
        for one in outcome.refused
    ]
    return ImportView(
        rows=tuple(sorted(rows, key=lambda row: row.row)), refused=len(outcome.refused), ignored=outcome.ignored
    )


def _list(tx: Tx) -> CatalogueView:
    entries, designs = sell.entries(tx), tailor.designs(tx)
    tree = sell.category_tree({ident: entry.product.category for ident, entry in entries.items()})
    return CatalogueView(
        rows=tuple(
            EntryRow(
                product=ident,
                name=Words(zh=entry.product.name_zh, en=entry.product.name_en),
                category=entry.product.category,
                skus=len(entry.skus),
                least_price_fen=min((sku.price_fen for sku in entry.skus), default=None),
                is_tailored=ident in designs,
                version=entry.version,
            )
            for ident, entry in entries.items()
        ),
        categories=tuple(CategoryView(path=path, products=count) for path, count in tree),
    )


def entry_view(tx: Tx, product: str) -> EntryView:
    """One product whole. Raises `ProductNotFound`."""
    ident = sell.ProductId(product)
    found = sell.entries(tx, [ident]).get(ident)
    if found is None:
        raise sell.ProductNotFound(product)
    named = found.product
    return EntryView(
        product=named.id,
        version=found.version,
        name_zh=named.name_zh,
        name_en=named.name_en,
        category=named.category,
        emoji=named.emoji,
        colour=named.colour,
        groups=tuple(
            OptionGroupView(
                id=group.id,
                name_zh=group.name_zh,
                name_en=group.name_en,
                values=tuple(OptionValueView(id=v.id, name_zh=v.name_zh, name_en=v.name_en) for v in group.values),
            )
            for group in found.groups
        ),
        media=tuple(MediumView(url=medium.url, kind=medium.kind) for medium in found.media),
        skus=tuple(map(_offer, found.skus)),
        is_tailored=bool(tailor.designs(tx, [product])),
    )


def _offer(sku: sell.Sku) -> OfferView:
    terms = sku.terms
    return OfferView(
        sku=sku.id,
        price_fen=sku.price_fen,
        cost_fen=sku.cost_fen,
        option_zh=sku.option_zh,
        option_en=sku.option_en,
        mode=sku.mode,
        options=dict(terms.combination),
        least_qty=terms.least_qty,
        most_qty=terms.most_qty,
        multiple_qty=terms.multiple_qty,
        from_ms=terms.from_at.ms if terms.from_at else None,
        until_ms=terms.until_at.ms if terms.until_at else None,
        accounts=terms.accounts,
        regions=terms.regions,
        components=tuple(ComponentView(sku=part.sku, qty=part.qty) for part in terms.components),
    )


def entered(product: str, form: EntryTerms, *, version: int) -> sell.Entry:
    """The product as `form` describes it, over `version` of it; 0 for a new one."""
    ident = sell.ProductId(product)
    return sell.Entry(
        product=sell.Product(ident, form.name_zh, form.name_en, form.category, form.emoji, form.colour),
        skus=tuple(_sku(ident, offer) for offer in form.skus),
        groups=tuple(
            sell.OptionGroup(
                group.id,
                group.name_zh,
                group.name_en,
                tuple(sell.OptionValue(value.id, value.name_zh, value.name_en) for value in group.values),
            )
            for group in form.groups
        ),
        media=tuple(sell.Medium(medium.url, medium.kind) for medium in form.media),
        version=version,
    )


def _sku(product: sell.ProductId, offer: OfferView) -> sell.Sku:
    plain = sell.Sku(SkuId(offer.sku), product, offer.price_fen, offer.cost_fen, offer.option_zh, offer.option_en)
    terms = sell.Terms(
        combination=tuple(offer.options.items()),
        least_qty=offer.least_qty,
        most_qty=offer.most_qty,
        multiple_qty=offer.multiple_qty,
        from_at=None if offer.from_ms is None else Instant(offer.from_ms),
        until_at=None if offer.until_ms is None else Instant(offer.until_ms),
        accounts=offer.accounts,
        regions=offer.regions,
        components=tuple(sell.Component(SkuId(part.sku), part.qty) for part in offer.components),
    )
    return replace(plain, mode=offer.mode, terms=terms)
