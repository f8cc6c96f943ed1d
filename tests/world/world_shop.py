"""A shop with rules and a WeChat around it, small enough to read: what World is tested against.

Everything it keeps survives the death of its caller. `dies_after` makes it raise `CallerDied` right after it has
acted on that call, so that its answer is lost: the worst moment to die.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from world.days import day_of, instant, iso

PAY_WITHIN_MS = 30 * 60_000
LEAD_DAYS = 4


class CallerDied(Exception):  # noqa: N818 - a death, not a failure
    """The world was killed before it heard the answer."""


@dataclass
class Order:
    number: str
    buyer: str
    lines: list[dict[str, Any]]
    placed_ms: int
    status: str = "placed"
    parcel: str = "handed_over"


@dataclass
class Shop:
    """Shop, WeChat and clock in one ASGI application."""

    start_ms: int
    campaigns: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    sold_out: frozenset[str] = frozenset()
    dies_after: int | None = None

    def __post_init__(self) -> None:
        self.now_ms = self.kept_ms = self.start_ms
        self.log: list[tuple[int, str, str, str]] = []
        self.logins = 0
        self.codes: dict[str, str] = {}
        self.sessions: dict[str, str] = {}
        self.persons: set[str] = set()
        self.signals: dict[str, dict[str, Any]] = {}
        self.orders: dict[tuple[str, str], Order] = {}
        self.purchases: dict[str, dict[str, Any]] = {}
        self.work: dict[str, dict[str, Any]] = {}
        self.published: set[str] = set()
        self.readers: dict[tuple[str, str], int] = {}
        self.steps: list[tuple[str, int]] = []
        self.receipts: set[str] = set()
        self.reports: list[tuple[str, int]] = []
        self.replies: list[tuple[str, str, str]] = []
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., tuple[int, Any]]]] = [
            ("GET", re.compile(r"/sim/clock"), self._clock),
            ("POST", re.compile(r"/sim/advance"), self._advance),
            ("POST", re.compile(r"/api/store/session"), self._session),
            ("POST", re.compile(r"/api/store/signals"), self._signals),
            ("GET", re.compile(r"/api/store/campaigns"), self._campaigns),
            ("GET", re.compile(r"/api/store/products/(\w+)"), self._ok),
            ("POST", re.compile(r"/api/store/orders"), self._place),
            ("GET", re.compile(r"/api/store/orders/(\w+)"), self._show),
            ("POST", re.compile(r"/api/store/orders/(\w+)/pay"), self._way_to_pay),
            ("POST", re.compile(r"/api/store/orders/(\w+)/cancel"), self._cancel),
            ("GET", re.compile(r"/api/partners/purchases"), self._purchases),
            ("POST", re.compile(r"/api/partners/purchases/(\w+)/reply"), self._reply),
            ("POST", re.compile(r"/api/partners/purchases/(\w+)/arrived"), self._arrived),
            ("GET", re.compile(r"/api/partners/work"), self._works),
            ("POST", re.compile(r"/api/partners/work/(\w+)/report"), self._report),
            ("GET", re.compile(r"/api/partners/shipments"), self._shipments),
            ("POST", re.compile(r"/_sandbox/persons"), self._add_persons),
            ("POST", re.compile(r"/_sandbox/wx_login"), self._login),
            ("POST", re.compile(r"/_sandbox/consent"), self._ok),
            ("POST", re.compile(r"/_sandbox/pay"), self._pay),
            ("POST", re.compile(r"/_sandbox/confirm_receipt"), self._confirm),
            ("POST", re.compile(r"/_sandbox/articles/publish"), self._publish),
            ("POST", re.compile(r"/_sandbox/articles/count"), self._count),
            ("POST", re.compile(r"/_sandbox/express_path"), self._step),
        ]

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        headers = dict(scope["headers"])
        token = headers.get(b"authorization", b"").decode().removeprefix("Bearer ")
        self.log.append((self.now_ms, scope["method"], scope["path"], body.decode()))
        status, answer = self._answer(scope["method"], scope["path"], body, token)
        if self.dies_after is not None and len(self.log) >= self.dies_after:
            raise CallerDied
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": msgspec.json.encode(answer)})

    def _answer(self, method: str, path: str, body: bytes, token: str) -> tuple[int, Any]:
        asked = msgspec.json.decode(body) if body else {}
        for wanted, pattern, act in self._routes:
            match = pattern.fullmatch(path)
            if wanted == method and match:
                if path.startswith("/api/store") and not path.endswith("session"):
                    if token not in self.sessions:
                        return 401, {"error": {"code": "not_signed_in", "facts": {}}}
                    asked["buyer"] = self.sessions[token]
                if method == "POST" and not path.startswith("/sim"):
                    self.kept_ms = self.now_ms
                return act(asked, *match.groups())
        return 404, {"error": {"code": "no_such_door", "facts": {}}}

    def _ok(self, asked: Any, *_: str) -> tuple[int, Any]:
        return 200, {}

    def _clock(self, asked: Any) -> tuple[int, Any]:
        return 200, {"now_ms": self.now_ms, "next_due_ms": None, "resume_ms": self.kept_ms}

    def _advance(self, asked: Any) -> tuple[int, Any]:
        assert asked["to_ms"] >= self.now_ms
        for day in range(day_of(self.now_ms), day_of(asked["to_ms"])):
            self._night(day + 1)
        self.now_ms = asked["to_ms"]
        for order in self.orders.values():
            if order.status == "placed" and self.now_ms >= order.placed_ms + PAY_WITHIN_MS:
                order.status = "cancelled"
        return 200, {"now_ms": self.now_ms, "next_due_ms": None}

    def _night(self, day: int) -> None:
        self.kept_ms = instant(day)
        for order in self.orders.values():
            if order.status == "paid":
                order.status = "shipped"
        self.purchases[f"p{day}"] = {
            "id": f"p{day}", "supplier": "sup_dehua", "sku": "22423", "qty": 48, "received_qty": 0,
            "placed_day": iso(day), "expected_day": iso(day + LEAD_DAYS), "promised_day": None,
        }  # fmt: skip
        self.work[f"w{day}"] = {
            "id": f"w{day}", "sku": "23203", "qty": 700, "done_qty": 0, "line": "line_sewing",
            "start_day": iso(day), "due_day": iso(day + 1),
        }  # fmt: skip

    def _session(self, asked: Any) -> tuple[int, Any]:
        person = self.codes.pop(asked["code"])
        token = f"t{len(self.sessions)}"
        self.sessions[token] = person
        return 200, {"token": token, "member": f"mem_{person}", "templates": ["tpl_paid", "tpl_delay"]}

    def _signals(self, asked: Any) -> tuple[int, Any]:
        new = [event for event in asked["events"] if event["id"] not in self.signals]
        self.signals.update({event["id"]: event for event in new})
        return 202, {"accepted": len(new)}

    def _campaigns(self, asked: Any) -> tuple[int, Any]:
        found = [
            {"campaign": campaign, "sku": sku}
            for campaign, (sku, opens_ms, closes_ms) in self.campaigns.items()
            if opens_ms <= self.now_ms < closes_ms
        ]
        return 200, {"campaigns": found}

    def _place(self, asked: Any) -> tuple[int, Any]:
        key = (asked["buyer"], asked["key"])
        if key not in self.orders:
            gone = [line["sku"] for line in asked["lines"] if line["sku"] in self.sold_out]
            if gone:
                return 409, {"error": {"code": "sold_out", "facts": {"sku": gone[0]}}}
            self.orders[key] = Order(f"o{len(self.orders)}", asked["buyer"], asked["lines"], self.now_ms)
        return 201, self._placed(self.orders[key])

    def _placed(self, order: Order) -> dict[str, Any]:
        return {"order": order.number, "total_fen": 100, "promised_day": "2026-07-01"}

    def _way_to_pay(self, asked: Any, number: str) -> tuple[int, Any]:
        order = self._order(number)
        pay = {"package": f"prepay_id={order.number}"} if order.status == "placed" else None
        return 200, {**self._placed(order), "pay": pay}

    def _order(self, number: str) -> Order:
        return next(order for order in self.orders.values() if order.number == number)

    def _show(self, asked: Any, number: str) -> tuple[int, Any]:
        return 200, {"order": number, "status": self._order(number).status, "promised_day": "2026-07-01"}

    def _cancel(self, asked: Any, number: str) -> tuple[int, Any]:
        if self._order(number).status != "placed":
            return 409, {"error": {"code": "not_cancellable", "facts": {}}}
        self._order(number).status = "cancelled"
        return 200, {}

    def _purchases(self, asked: Any) -> tuple[int, Any]:
        return 200, {"purchases": [p for p in self.purchases.values() if p["received_qty"] < p["qty"]]}

    def _reply(self, asked: Any, number: str) -> tuple[int, Any]:
        self.purchases[number]["promised_day"] = asked["day"]
        self.replies.append((iso(day_of(self.now_ms)), number, asked["day"]))
        return 200, {}

    def _arrived(self, asked: Any, number: str) -> tuple[int, Any]:
        self.purchases[number]["received_qty"] += asked["qty"]
        self.purchases[number]["arrived_day"] = iso(day_of(self.now_ms))
        return 200, {}

    def _works(self, asked: Any) -> tuple[int, Any]:
        return 200, {"work": [w for w in self.work.values() if w["done_qty"] < w["qty"]]}

    def _report(self, asked: Any, number: str) -> tuple[int, Any]:
        self.work[number]["done_qty"] = asked["done_qty"]
        self.reports.append((number, asked["done_qty"]))
        return 200, {}

    def _shipments(self, asked: Any) -> tuple[int, Any]:
        on_the_way = [order for order in self.orders.values() if order.status == "shipped"]
        return 200, {
            "shipments": [
                {"id": f"s{o.number}", "order": o.number, "waybill": o.number, "carrier": "SF", "status": o.parcel}
                for o in on_the_way
            ]
        }

    def _add_persons(self, asked: Any) -> tuple[int, Any]:
        self.persons.update(asked["names"])
        return 200, {}

    def _login(self, asked: Any) -> tuple[int, Any]:
        if asked["person"] not in self.persons:
            return 400, {"error": "unknown_person", "message": ""}
        self.logins += 1
        code = f"c{self.logins}"
        self.codes[code] = asked["person"]
        return 200, {"code": code}

    def _pay(self, asked: Any) -> tuple[int, Any]:
        order = self._order(asked["request_payment"]["package"].removeprefix("prepay_id="))
        if order.status != "placed" or order.buyer != asked["person"]:
            return 400, {"error": "not_payable", "message": ""}
        order.status = "paid"
        return 200, {"transaction_id": order.number}

    def _confirm(self, asked: Any) -> tuple[int, Any]:
        self.receipts.add(asked["transaction_id"])
        return 200, {}

    def _publish(self, asked: Any) -> tuple[int, Any]:
        self.published.add(asked["msgid"])
        return 200, {}

    def _count(self, asked: Any) -> tuple[int, Any]:
        for row in asked["counts"]:
            assert row["msgid"] in self.published
            self.readers[row["msgid"], row["day"]] = row["read_user"]
        return 200, {}

    def _step(self, asked: Any) -> tuple[int, Any]:
        order = self._order(asked["waybill_id"])
        names = {100001: "picked_up", 200001: "moving", 300002: "out_for_delivery", 300003: "signed"}
        order.parcel = names[asked["action_type"]]
        order.status = "delivered" if order.parcel == "signed" else order.status
        self.steps.append((order.number, asked["action_type"]))
        return 200, {}

    def outcome(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Every order by its key: what was bought, and whether it was paid."""
        unpaid = {"placed", "cancelled"}
        return {
            key: (str(order.lines), "unpaid" if order.status in unpaid else "paid")
            for key, order in self.orders.items()
        }
