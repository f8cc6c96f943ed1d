"""A change is made once per idempotency key: its answer stands in the transaction that makes it.

The key, the request and the answer are one with the change: a crash leaves all or none, a second request at the same
moment waits and gets the first one's answer. What was refused left nothing, so its key is free again.
Source: draft-ietf-httpapi-idempotency-key-header.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request, Response
from pydantic import BaseModel

from roulian import connect
from roulian.store import Tx
from roulian.web.v1.deps import V1Deps
from roulian.web.v1.guard import caller_of

_SAID_IN = ("if-match", "if-none-match")


@dataclass(frozen=True, slots=True)
class Made:
    """What a change answers."""

    view: BaseModel
    status: int = HTTPStatus.OK
    etag: str = ""


async def once(deps: V1Deps, request: Request, key: str, work: Callable[[Tx], Made]) -> Response:
    """What `work` answers, or answered when this key came first. Raises `KeyReused` and what `work` raises."""
    caller, asked = caller_of(request), await _asked(request)

    def change(tx: Tx) -> tuple[connect.KeptAnswer, bool]:
        kept = connect.claim_key(tx, deps.ring, caller=caller.id, key=key, request=asked)
        if kept is not None:
            return kept, True
        made = work(tx)
        answer = connect.KeptAnswer(made.status, made.view.model_dump_json(), made.etag)
        connect.keep_answer(tx, deps.ring, caller=caller.id, key=key, answer=answer)
        return answer, False

    answer, is_again = await deps.store.run(change, cause="v1")
    headers = {"idempotency-replayed": "true"} if is_again else {}
    if answer.etag:
        headers["etag"] = answer.etag
    return Response(answer.body, answer.status, headers, "application/json")


async def _asked(request: Request) -> bytes:
    """All that makes a request this one and no other."""
    said = [request.method, request.url.path, request.url.query]
    said += [request.headers.get(name, "") for name in _SAID_IN]
    return "\n".join(said).encode() + b"\n" + await request.body()
