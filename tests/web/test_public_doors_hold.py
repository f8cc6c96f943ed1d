"""Whatever is sent to any public door, it answers with sense: never a fault, and a no always has its code and sentence.

Schemathesis makes the requests from the two OpenAPI documents: half of them fit, half break them. Every second one
names things that exist here, or nothing would get past the first guard.
"""

import asyncio
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core import NOT_SET

import house as houses
from house import BAG, BUNTING, MINI, PICKED_UP, Blueprint, House
from roulian.app.play import disposable
from roulian.app.settings import read
from roulian.people import May
from roulian.store import Store
from roulian.words import SkuId
from web.open_api import key_of

EXAMPLES = 4
PHASES = (Phase.explicit, Phase.generate)
LEFT_OUT = {
    "GET /api/console/stream": "never ends: events are sent as long as the page is open",
    "POST /sim/advance": "moves simulated time as far as it is told to, which takes as long as it takes",
}
"""Doors that are not knocked at, and why."""


def _documents() -> Mapping[str, Any]:
    """Every operation of both documents; composed without a store, for collection alone."""
    import importlib.util

    tool = Path(__file__).resolve().parents[2] / "tools" / "openapi.py"
    spec = importlib.util.spec_from_file_location("tools_openapi_doors", tool)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = {}
    for document in (module.document(), module.open_api(), _hot_document()):
        for each in schemathesis.openapi.from_dict(json.loads(json.dumps(document))).get_all_operations():
            operation = each.ok()
            found[f"{operation.method.upper()} {operation.path}"] = operation
    return {name: found[name] for name in sorted(found) if name not in LEFT_OUT}


def _hot_document() -> Mapping[str, Any]:
    """What the whole platform's document says of the hot doors; kept by the composition, read without one."""
    import tempfile

    async def told() -> Any:
        from roulian.app import compose
        from roulian.app.brand import read_brand
        from roulian.app.play import chance_of
        from roulian.words import SimulatedClock

        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            chosen = disposable(read(houses._ENVIRONMENT, home=home), home=home)
            brand = read_brand(houses.SMALL_BRAND)
            app = await compose(
                chosen,
                brand=brand,
                clock=SimulatedClock(brand.first_day.at(0)),
                chance=chance_of(1),
                in_memory_sandbox=True,
            )
            document = app.api.openapi()
            await app.close()
        hot = {path: about for path, about in document["paths"].items() if not path.startswith("/api/console")}
        return {**document, "paths": hot}

    return asyncio.run(told())


OPERATIONS = _documents()


@dataclass
class Knocker:
    """A house in which something is there to be found, and everybody's credentials for it."""

    house: House
    loop: asyncio.AbstractEventLoop
    known: Mapping[str, str]
    headers: Mapping[str, Mapping[str, str]]
    numbers: Iterator[int]

    def send(self, case: Case) -> httpx.Response:
        """The answer to one request."""
        number = next(self.numbers)
        return self.loop.run_until_complete(self._send(case, number, is_grounded=number % 2 == 0))

    async def _send(self, case: Case, number: int, *, is_grounded: bool) -> httpx.Response:
        parts = dict(case.path_parameters or {})
        body = case.body
        if is_grounded:
            parts = {name: self._known(case.path, name, value) for name, value in parts.items()}
            body = self._grounded(body)
        path = case.path.format_map({name: quote(str(value), safe="") for name, value in parts.items()})
        headers = {"content-type": case.media_type or "application/json", "idempotency-key": f"k{number}"}
        room = next(room for room in self.headers if path.startswith(room))
        content = b"" if body is NOT_SET else _bytes(body)
        query = urlencode({str(name): str(value) for name, value in _flat(case.query)})
        url = httpx.URL(f"https://shop.example{path}?{query}")
        return await self.house.shop.request(
            case.method.upper(), url, headers={**headers, **self.headers[room]}, content=content
        )

    def _known(self, path: str, name: str, value: Any) -> Any:
        """What exists under the last word before this part of the path, or under its name."""
        before = path.partition("{" + name + "}")[0].rstrip("/").rpartition("/")[2]
        return self.known.get(before, self.known.get(name, value))

    def _grounded(self, body: Any) -> Any:
        if isinstance(body, Mapping):
            return {key: self.known.get(key, self._grounded(value)) for key, value in body.items()}
        if isinstance(body, list):
            return [self._grounded(item) for item in body]
        return body


def _flat(query: Any) -> Iterator[tuple[str, str]]:
    for name, value in (query or {}).items():
        for each in value if isinstance(value, list) else [value]:
            yield name.encode("utf-8", "replace").decode(), str(each).encode("utf-8", "replace").decode()


def _bytes(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    try:
        return json.dumps(body).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError):
        return repr(body).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def knocker(blueprint: Blueprint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knocker]:
    """A closed console, a shopper with an order on its way, a supplier, an engineer."""
    loop = asyncio.new_event_loop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(houses._ENVIRONMENT, "ROULIAN_STAFF_LOGIN", "required")
        house = loop.run_until_complete(blueprint.house(tmp_path_factory.mktemp("doors")))
    known = loop.run_until_complete(_furnished(house))
    bearer = {"authorization": f"Bearer {key_of(house, *May)}"}
    headers: dict[str, Mapping[str, str]] = {
        "/api/store": {"authorization": f"Bearer {known['token']}"},
        "/api/partners": {"x-partner-key": house.settings.partner_key},
        "/api/console": bearer,
        "/v1": bearer,
        "/": {},
    }
    yield Knocker(house, loop, known, headers, itertools.count())
    loop.run_until_complete(house.close())
    loop.close()


async def _furnished(house: House) -> Mapping[str, str]:
    lin = await house.person("lin")
    paid, unpaid = await house.buy(lin, BUNTING, 2), await house.order(lin, BUNTING)
    await house.after(days=1)
    await house.carry(lin, paid, PICKED_UP)
    campaign = (await house.campaign(BAG))["campaign"]
    (purchase, *_) = (await house.partner("GET", "/purchases"))["purchases"]
    product = house.app.store.read(_product)
    (event, *_) = house.app.store.events_page(limit=1)
    return {
        "token": lin.token,
        "sku": BUNTING,
        "order": paid.id,
        "orders": unpaid.id,
        "member": lin.member,
        "members": lin.member,
        "products": BUNTING,
        "product": product,
        "catalogue": product,
        "campaign": campaign,
        "campaigns": campaign,
        "purchases": purchase["id"],
        "numbers": "sell.revenue",
        "events": event.id,
        "accounts": MINI,
        "appid": MINI,
        "callback": MINI,
        "shelves": BUNTING,
        "location": "main",
        "step_ms": "1",
        "url": "https://erp.example/hook",
    }


def _product(tx: Any) -> str:
    from roulian import sell

    return sell.skus(tx, [SkuId(BUNTING)])[SkuId(BUNTING)].product


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "broken"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_is_answered_with_a_fault(knocker: Knocker, name: str, mode: GenerationMode):
    operation = OPERATIONS[name]
    if mode is GenerationMode.NEGATIVE and not _can_be_broken(operation):
        return

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
    def check(case: Case) -> None:
        reply = knocker.send(case)

        assert reply.status_code < 500, f"{case.method} {reply.request.url}: {reply.text}"
        if reply.status_code >= 400 and name.split(" ")[1].startswith(("/api", "/v1")):
            told = msgspec.json.decode(reply.content)
            no = told.get("error", told)
            assert no["code"]
            assert no.get("message", no.get("detail"))

    check()
    assert _restless(knocker.house.app.store) == []


def _can_be_broken(operation: Any) -> bool:
    """A door that takes no more than a name in its path, or any bytes at all, has nothing that could be wrong."""
    takes_json = any(body.media_type == "application/json" for body in operation.body)
    return takes_json or any(parameter.location != "path" for parameter in operation.iter_parameters())


def _restless(store: Store) -> list[str]:
    return [f"{step.name}: {step.error}" for step in store.stuck()]


def test_every_door_is_knocked_at_but_those_named_here(knocker: Knocker):
    documented = {
        f"{method.upper()} {path}"
        for document in (knocker.house.app.api.openapi(),)
        for path, methods in document["paths"].items()
        for method in methods
    }

    assert documented <= OPERATIONS.keys() | LEFT_OUT.keys()
    assert LEFT_OUT.keys() <= documented
