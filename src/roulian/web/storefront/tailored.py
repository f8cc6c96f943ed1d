"""Made to measure: what may be chosen, what a piece costs and when it leaves, and the request that makes it orderable."""

from typing import Annotated

import msgspec

from roulian import people, tailor
from roulian.flows import tailoring
from roulian.store import Tx
from roulian.web.storefront.deps import StoreDeps, caller
from roulian.web.wire import Call, Reply
from roulian.words import Rejected, Unreachable

_MOST_FIELDS = 100
_MM_PER_CM = 10

Short = Annotated[str, msgspec.Meta(max_length=200)]
Named = Annotated[dict[Short, Short], msgspec.Meta(max_length=_MOST_FIELDS)]
Lengths = Annotated[dict[Short, Annotated[float, msgspec.Meta(ge=0, le=1_000)]], msgspec.Meta(max_length=_MOST_FIELDS)]


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    """What the buyer chose: a value per option group, centimetres per measure (to the millimetre), a text per lettering."""

    options: Named = {}
    measures_cm: Lengths = {}
    texts: Named = {}

    def choices(self) -> tailor.Choices:
        """The wish as `tailor` reads it."""
        lengths = {name: round(cm * _MM_PER_CM) for name, cm in self.measures_cm.items()}
        return tailor.Choices(self.options, lengths, self.texts)


class Submission(msgspec.Struct, forbid_unknown_fields=True):
    """A wish to be made. `key` is the phone's own: sending the same key again is the same request."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    wish: Wish


async def design(deps: StoreDeps, call: Call) -> Reply:
    """What may be chosen of a product, with surcharges, ranges and the rules between choices."""

    def work(tx: Tx) -> dict[str, object]:
        found = tailor.design(tx, call.path["product"])
        return {
            "product": found.product,
            "base_price_fen": found.base_price_fen,
            "groups": [_group(group) for group in found.groups],
            "measures": [_measure(measure) for measure in found.measures],
            "letterings": [_lettering(lettering) for lettering in found.letterings],
            "rules": found.rules,
        }

    return Reply.json(await deps.store.ask(work))


async def quote(deps: StoreDeps, call: Call) -> Reply:
    """The price of a wish, the day a piece ordered now would leave, and what keeps it from leaving sooner."""
    wish = msgspec.json.decode(call.body, type=Wish)

    def work(tx: Tx) -> dict[str, object]:
        told = tailoring.quote(tx, call.path["product"], wish.choices())
        lang = call.lang()
        return {
            **_piece(told.piece),
            "promise": {"day": told.promise.day.iso(), "reason": told.promise.reason.text(lang)},
            "binding": {"limit": told.binding.limit, "what": told.binding.what, "reason": told.binding.text(lang)},
        }

    return Reply.json(await deps.store.ask(work))


async def submit(deps: StoreDeps, call: Call) -> Reply:
    """The request, its text judged at once where WeChat answers: 201 orderable, 202 held; refused words are a refusal."""
    sent = msgspec.json.decode(call.body, type=Submission)

    def work(tx: Tx) -> tuple[tailor.Request, str]:
        member = caller(tx, call.token())
        request = tailoring.submit(tx, call.path["product"], sent.wish.choices(), member=member, key=sent.key)
        return request, people.openids(tx, [member], appid=deps.appid)[member]

    request, openid = await deps.store.run(work, cause="web.tailored")
    if request.is_held():
        request = await _judged(deps, request, openid)
    if request.standing is tailor.Standing.REFUSED:
        raise tailor.TextRefused(request.id)
    return Reply.json(_summary(request), status=201 if request.standing is tailor.Standing.CLEARED else 202)


async def show(deps: StoreDeps, call: Call) -> Reply:
    """One of the caller's own requests as it stands."""
    ident = tailor.RequestId(call.path["request"])

    def work(tx: Tx) -> dict[str, object]:
        return _summary(tailor.request(tx, ident, member=caller(tx, call.token())))

    return Reply.json(await deps.store.ask(work))


async def _judged(deps: StoreDeps, request: tailor.Request, openid: str) -> tailor.Request:
    """The request after content security looked at it; silent or unable, it stays held and is asked about again."""
    try:
        verdict = await tailoring.look_at(deps.wechat, request, appid=deps.appid, openid=openid)
    except (Unreachable, Rejected):
        return request
    return await deps.store.run(lambda tx: tailoring.judge(tx, request.id, verdict), cause="web.tailored")


def _summary(request: tailor.Request) -> dict[str, object]:
    is_cleared = request.standing is tailor.Standing.CLEARED
    return {
        "request": request.id,
        "standing": request.standing,
        "sku": request.sku() if is_cleared else None,
        **_piece(request.piece),
    }


def _piece(piece: tailor.Configuration) -> dict[str, object]:
    return {
        "product": piece.product,
        "price_fen": piece.price_fen,
        "options": dict(piece.options),
        "measures_cm": {name: length / _MM_PER_CM for name, length in piece.measures_mm},
        "texts": dict(piece.texts),
        "said_zh": piece.said_zh,
        "said_en": piece.said_en,
    }


def _group(group: tailor.Group) -> dict[str, object]:
    return {
        "id": group.id,
        "name_zh": group.name_zh,
        "name_en": group.name_en,
        "is_required": group.is_required,
        "values": [
            {
                "id": value.id,
                "name_zh": value.name_zh,
                "name_en": value.name_en,
                "surcharge_fen": value.surcharge_fen,
            }
            for value in group.values
        ],
    }


def _measure(measure: tailor.Measure) -> dict[str, object]:
    return {
        "id": measure.id,
        "name_zh": measure.name_zh,
        "name_en": measure.name_en,
        "least_cm": measure.least_mm / _MM_PER_CM,
        "most_cm": measure.most_mm / _MM_PER_CM,
        "bands": [
            {"from_cm": band.from_mm / _MM_PER_CM, "surcharge_fen": band.surcharge_fen} for band in measure.bands
        ],
    }


def _lettering(lettering: tailor.Lettering) -> dict[str, object]:
    return {
        "id": lettering.id,
        "name_zh": lettering.name_zh,
        "name_en": lettering.name_en,
        "most_letters": lettering.most_letters,
        "fen_per_letter": lettering.fen_per_letter,
    }
