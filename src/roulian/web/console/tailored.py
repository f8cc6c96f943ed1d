"""Made to measure in the console: requests whose text waits for a person, and the judgement."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from roulian import tailor
from roulian.flows import tailoring
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.shapes import Before, Limit, Listing, View

_BY_STAFF = "staff"


class RequestRow(View):
    """A member's request for one piece, and its texts."""

    request: str
    member: str
    product: str
    standing: tailor.Standing
    why: str
    price_fen: int
    said: str
    texts: dict[str, str]
    made_at_ms: int


class Judgement(View):
    """Whether the text may be made."""

    passes: Annotated[bool, Field(description="false refuses it for good")]


def tailored_router(deps: ConsoleDeps) -> APIRouter:
    """GET /tailored/requests and POST /tailored/requests/{request}/judgement."""
    router = APIRouter()

    @router.get("/tailored/requests")
    async def requests(
        standing: tailor.Standing | None = None, before: Before = None, limit: Limit = 50
    ) -> Listing[RequestRow]:
        """Requests, newest first; `standing=held` are those that wait for a person."""
        found = await deps.store.ask(lambda tx: tailor.requests_page(tx, standing=standing, before=before, limit=limit))
        following = found[-1].id if len(found) == limit else None
        return Listing[RequestRow](rows=tuple(map(_row, found)), names={}, next=following)

    @router.post("/tailored/requests/{request}/judgement")
    async def judge(request: str, said: Judgement) -> RequestRow:
        """A held text passes, and the piece may be ordered, or it is refused. Refused: request_not_found, not_held."""
        ident = tailor.RequestId(request)
        after = await deps.store.run(
            lambda tx: tailoring.settle(tx, ident, passes=said.passes, why=_BY_STAFF), cause="console.tailored"
        )
        return _row(after)

    return router


def _row(request: tailor.Request) -> RequestRow:
    return RequestRow(
        request=request.id,
        member=request.member,
        product=request.piece.product,
        standing=request.standing,
        why=request.why,
        price_fen=request.piece.price_fen,
        said=request.piece.said_zh,
        texts=dict(request.piece.texts),
        made_at_ms=request.made_at.ms,
    )
