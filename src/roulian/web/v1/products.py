"""Products: read by page, read whole with a version, written back only over the version that was read."""

import re
from http import HTTPStatus
from typing import Annotated, ClassVar

from fastapi import APIRouter, Header, Request, Response

from roulian import sell
from roulian.store import Tx
from roulian.web.console.catalogue import EntryTerms, entered, entry_view
from roulian.web.v1.deps import V1Deps
from roulian.web.v1.once import Made, once
from roulian.web.v1.shapes import Cursor, IdempotencyKey, Limit, Page, View, Words, key_behind, page
from roulian.words import Refusal

_TAG = re.compile(r'"(\d{1,15})"')
_NEW = "*"
LIST = "products"

IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=64, description="the ETag it was read with")]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", max_length=64, description="`*` for a new product")]


class VersionNeeded(Refusal):
    """A product was written without saying over which version."""

    code: ClassVar[str] = "version_needed"
    zh: ClassVar[str] = "请带上 If-Match(读取时的 ETag),新建商品则带 If-None-Match: *,以免覆盖别人的修改。"
    en: ClassVar[str] = (
        "Send If-Match with the ETag you read, or If-None-Match: * for a new product, so that nobody's change is lost."
    )


class SkuRow(View):
    """One SKU on the list."""

    sku: str
    price_fen: int
    mode: str
    option: Words


class ProductRow(View):
    """A product on the list; read it alone for its options, media and terms."""

    product: str
    name: Words
    category: str
    skus: tuple[SkuRow, ...]


class ProductForm(EntryTerms):
    """A product as it is to stand: what is not named becomes its default."""


class ProductView(EntryTerms):
    """A product whole; its ETag is its `version`."""

    product: str
    version: int
    is_tailored: bool


def products_router(deps: V1Deps) -> APIRouter:
    """/v1/products."""
    router = APIRouter(tags=["products"])

    @router.get("/v1/products")
    async def products(cursor: Cursor = None, limit: Limit = 50) -> Page[ProductRow]:
        """Products, by id."""
        after = key_behind(cursor, LIST)
        return await deps.store.ask(lambda tx: _page(tx, after[0] if after else "", limit))

    @router.get("/v1/products/{product}")
    async def product(product: str, response: Response) -> ProductView:
        """One product, whole, with its ETag."""
        view = await deps.store.ask(lambda tx: _view(tx, product))
        response.headers["etag"] = _tag(view)
        return view

    @router.put("/v1/products/{product}", response_model=ProductView, responses={201: {"model": ProductView}})
    async def enter(
        *,
        request: Request,
        product: str,
        form: ProductForm,
        key: IdempotencyKey,
        if_match: IfMatch = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        """The product as entered: over the version of `If-Match`, or new with `If-None-Match: *`."""
        version = _version(if_match, if_none_match)

        def work(tx: Tx) -> Made:
            sell.save_entry(tx, entered(product, form, version=version))
            view = _view(tx, product)
            return Made(view, HTTPStatus.OK if version else HTTPStatus.CREATED, _tag(view))

        return await once(deps, request, key, work)

    return router


def _version(if_match: str | None, if_none_match: str | None) -> int:
    if if_match is None and if_none_match == _NEW:
        return 0
    found = _TAG.fullmatch(if_match or "")
    if found is None or not int(found[1]):
        raise VersionNeeded
    return int(found[1])


def _tag(view: ProductView) -> str:
    return f'"{view.version}"'


def _page(tx: Tx, after: str, limit: int) -> Page[ProductRow]:
    ids = [ident for ident in sorted(sell.products(tx)) if ident > after][: limit + 1]
    rows = [_row(entry) for entry in sell.entries(tx, ids).values()]
    return page(LIST, rows, keys=[(row.product,) for row in rows], limit=limit)


def _row(entry: sell.Entry) -> ProductRow:
    named = entry.product
    return ProductRow(
        product=named.id,
        name=Words(zh=named.name_zh, en=named.name_en),
        category=named.category,
        skus=tuple(
            SkuRow(sku=s.id, price_fen=s.price_fen, mode=s.mode, option=Words(zh=s.option_zh, en=s.option_en))
            for s in entry.skus
        ),
    )


def _view(tx: Tx, product: str) -> ProductView:
    return ProductView.model_validate(entry_view(tx, product).model_dump())
