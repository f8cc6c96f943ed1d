"""The collector: batches of what shoppers do, acknowledged once they are durable."""

from typing import Annotated

import msgspec

from roulian import people, sense
from roulian.store import Tx
from roulian.web.storefront.deps import StoreDeps, caller
from roulian.web.wire import Call, Reply
from roulian.words import ArticleId, Instant, MemberId, SkuId

LARGEST_BATCH = 200


class Seen(msgspec.Struct, forbid_unknown_fields=True):
    """One thing a shopper did; `id` makes a repeated batch harmless, `at_ms` is the phone's clock, from 1970 on."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    kind: sense.SignalKind
    at_ms: Annotated[int, msgspec.Meta(ge=0)]
    sku: str | None = None
    article: str | None = None


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """Up to 200 signals."""

    events: Annotated[list[Seen], msgspec.Meta(max_length=LARGEST_BATCH)]


_decoder = msgspec.json.Decoder(Batch)


async def record(deps: StoreDeps, call: Call) -> Reply:
    """Keep the batch; a signal from the future is dated now, one seen before is not counted again."""
    batch = _decoder.decode(call.body)

    def work(tx: Tx) -> int:
        member = caller(tx, call.token())
        region = people.members(tx, [member])[member].region
        return sense.record(tx, tuple(_signal(seen, tx.now, member=member, region=region) for seen in batch.events))

    accepted = await deps.store.run(work, cause="web.signals")
    return Reply.json({"accepted": accepted}, status=202)


def _signal(seen: Seen, now: Instant, *, member: MemberId, region: str) -> sense.Signal:
    return sense.Signal(
        id=seen.id,
        member=member,
        kind=seen.kind,
        sku=SkuId(seen.sku) if seen.sku else None,
        article=ArticleId(seen.article) if seen.article else None,
        region=region,
        at=min(Instant(seen.at_ms), now),
    )
