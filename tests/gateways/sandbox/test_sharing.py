"""Shared orders: their money is held, goes to those who were named, and the rest to the merchant."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import DAY_MS, MCHID, MINI, MINUTE_MS, Driver, Reply
from gateways.sandbox.test_abnormal_refunds import sealed
from gateways.sandbox.test_combined import SUPPLIER, combined, part, pay_whole, with_supplier
from wechat_sandbox import SandboxSettings

ORDERS, RECEIVERS = "/v3/profitsharing/orders", "/v3/profitsharing/receivers"


def related(driver: Driver, verb: str = "add", **change: Any) -> Reply:
    body = {"appid": MINI, "type": "MERCHANT_ID", "account": SUPPLIER, "relation_type": "SUPPLIER", **change}
    if verb == "add" and "name" not in change:
        body["name"] = sealed(driver, "景德镇陶坊")
    serial = driver.look("merchant", mchid=MCHID)["public_key_id"]
    return driver.signed("POST", f"{RECEIVERS}/{verb}", body, headers={"Wechatpay-Serial": serial})


def settled(driver: Driver, *, number: str = "order-0001", total_fen: int = 10_000, shared: bool = True) -> str:
    """A paid order that was shipped and received."""
    reply = driver.prepay(number, total_fen=total_fen, settle_info={"profit_sharing": shared})
    transaction: str = driver.control("pay", person="p1", prepay_id=reply.json["prepay_id"])["transaction_id"]
    driver.now_ms += MINUTE_MS
    driver.ship(transaction)
    driver.control("confirm_receipt", transaction_id=transaction)
    return transaction


@pytest.fixture
def shop(driver: Driver) -> Driver:
    """A sandbox with a supplier that may be given shares."""
    with_supplier(driver)
    assert related(driver).status == 200
    return driver


def to(account: str, fen: int, kind: str = "MERCHANT_ID") -> dict[str, Any]:
    return {"type": kind, "account": account, "amount": fen, "description": "分给供应商"}


def shared(driver: Driver, transaction: str, *receivers: dict[str, Any], **change: Any) -> Reply:
    body = {
        "appid": MINI,
        "transaction_id": transaction,
        "out_order_no": "share-1",
        "receivers": list(receivers),
        "unfreeze_unsplit": False,
        **change,
    }
    return driver.signed("POST", ORDERS, body)


def let_go(driver: Driver, transaction: str, **change: Any) -> Reply:
    body = {"transaction_id": transaction, "out_order_no": "share-9", "description": "解冻全部剩余资金", **change}
    return driver.signed("POST", f"{ORDERS}/unfreeze", body)


def balances(driver: Driver) -> tuple[int, int]:
    own, suppliers = (driver.look("merchant", mchid=mchid)["balance_fen"] for mchid in (MCHID, SUPPLIER))
    return own, suppliers


def unsplit(driver: Driver, transaction: str) -> int:
    fen: int = driver.signed("GET", f"/v3/profitsharing/transactions/{transaction}/amounts").json["unsplit_amount"]
    return fen


def test_settled_money_is_held_until_it_is_shared(shop: Driver) -> None:
    transaction = settled(shop)
    held = unsplit(shop, transaction), balances(shop)

    reply = shared(shop, transaction, to(SUPPLIER, 2_000))

    assert held == (10_000, (0, 0))
    assert (reply.json["state"], [each["result"] for each in reply.json["receivers"]]) == ("FINISHED", ["SUCCESS"])
    assert (unsplit(shop, transaction), balances(shop)) == (8_000, (0, 2_000))
    assert shop.signed("GET", f"{ORDERS}/share-1?transaction_id={transaction}").json == reply.json


def test_rest_goes_to_the_merchant_with_the_share_or_by_itself(shop: Driver) -> None:
    first, second, third = (settled(shop, number=f"order-000{n}") for n in (1, 2, 3))
    with_share = shared(shop, first, to(SUPPLIER, 3_000), unfreeze_unsplit=True).json
    at_once = let_go(shop, second).json
    before = balances(shop)
    shop.pump(after_ms=30 * DAY_MS)

    assert [each["amount"] for each in with_share["receivers"]] == [3_000, 7_000]
    assert [(each["account"], each["amount"]) for each in at_once["receivers"]] == [(MCHID, 10_000)]
    assert before == (17_000, 3_000)
    assert balances(shop) == (27_000, 3_000)
    assert unsplit(shop, third) == 0


def test_person_may_have_a_share(shop: Driver) -> None:
    openid = shop.openid("p2")
    related(shop, type="PERSONAL_OPENID", account=openid, relation_type="DISTRIBUTOR", name="")
    transaction = settled(shop)

    assert shared(shop, transaction, to(openid, 500, "PERSONAL_OPENID")).status == 200
    assert (unsplit(shop, transaction), balances(shop)) == (9_500, (0, 0))


def test_same_number_again_shares_nothing_again(shop: Driver) -> None:
    transaction = settled(shop)
    first, again = (shared(shop, transaction, to(SUPPLIER, 1_000)) for _ in range(2))
    other = shared(shop, transaction, to(SUPPLIER, 1_001))
    gone, gone_again = let_go(shop, transaction), let_go(shop, transaction)

    assert first.json == again.json
    assert (other.status, other.json["code"]) == (400, "INVALID_REQUEST")
    assert gone.json == gone_again.json
    assert balances(shop) == (9_000, 1_000)


@pytest.mark.parametrize(
    ("receivers", "change", "status", "code"),
    [
        ([], {}, 400, "PARAM_ERROR"),
        ([to(SUPPLIER, 0)], {}, 400, "PARAM_ERROR"),
        ([to(SUPPLIER, 1, "BANK_CARD")], {}, 400, "PARAM_ERROR"),
        ([to(SUPPLIER, 1)] * 2, {}, 400, "PARAM_ERROR"),
        ([{**to(SUPPLIER, 1), "name": "景德镇陶坊"}], {}, 400, "PARAM_ERROR"),
        ([to(SUPPLIER, 1)], {"out_order_no": "share 1"}, 400, "PARAM_ERROR"),
        ([to(SUPPLIER, 1)], {"transaction_id": "4200"}, 400, "INVALID_REQUEST"),
        ([to("1900000999", 1)], {}, 400, "INVALID_REQUEST"),
        ([to(SUPPLIER, 3_001)], {}, 403, "RULE_LIMIT"),
    ],
)
def test_wrong_shares_move_nothing(shop: Driver, receivers: Any, change: Any, status: int, code: str) -> None:
    transaction = settled(shop)

    reply = shared(shop, transaction, *receivers, **change)

    assert (reply.status, reply.json["code"]) == (status, code)
    assert (unsplit(shop, transaction), balances(shop)) == (10_000, (0, 0))


def test_more_than_is_held_is_not_shared(shop: Driver) -> None:
    transaction = settled(shop)
    shop.refund(transaction, "refund-1", 9_000, total_fen=10_000)

    reply = shared(shop, transaction, to(SUPPLIER, 1_001))

    assert (reply.status, reply.json["code"]) == (403, "NOT_ENOUGH")
    assert (unsplit(shop, transaction), balances(shop)) == (1_000, (0, 0))


def test_most_that_may_be_shared_is_a_switch(a_sandbox: MakeDriver) -> None:
    driver = with_supplier(a_sandbox(settings=SandboxSettings(share_most_percent=100)))
    related(driver)

    assert shared(driver, settled(driver), to(SUPPLIER, 10_000)).status == 200
    assert balances(driver) == (0, 10_000)


@pytest.mark.parametrize("way", ["share", "let go"])
def test_only_settled_orders_that_asked_for_it_are_shared(shop: Driver, way: str) -> None:
    plain = settled(shop, number="order-0002", shared=False)
    reply = shop.prepay(settle_info={"profit_sharing": True})
    frozen = shop.control("pay", person="p1", prepay_id=reply.json["prepay_id"])["transaction_id"]

    outcomes = [
        (shared(shop, number, to(SUPPLIER, 1)) if way == "share" else let_go(shop, number)).json["code"]
        for number in (plain, frozen)
    ]

    assert outcomes == ["INVALID_REQUEST"] * 2
    assert balances(shop) == (10_000, 0)


def test_fifty_shares_of_one_order_are_the_most(shop: Driver) -> None:
    transaction = settled(shop)
    codes = [shared(shop, transaction, to(SUPPLIER, 1), out_order_no=f"share-{n}").status for n in range(51)]

    assert codes == [200] * 50 + [400]


def test_receivers_are_known_accounts_with_readable_names(shop: Driver) -> None:
    refused = [
        related(shop, type="BANK_CARD"),
        related(shop, appid="wxother"),
        related(shop, name="景德镇陶坊"),
        related(shop, name=""),
        related(shop, relation_type=""),
        related(shop, "delete", type="BANK_CARD"),
        related(shop, account="1900000999"),
        related(shop, type="PERSONAL_OPENID", account="o-nobody", name=""),
    ]

    assert [reply.json["code"] for reply in refused] == ["PARAM_ERROR"] * 6 + ["INVALID_REQUEST"] * 2


def test_deleted_receiver_gets_no_share(shop: Driver) -> None:
    transaction = settled(shop)
    assert related(shop, "delete").json == {"type": "MERCHANT_ID", "account": SUPPLIER}

    assert shared(shop, transaction, to(SUPPLIER, 1)).json["code"] == "INVALID_REQUEST"


def test_unknown_shares_are_not_found(shop: Driver) -> None:
    transaction = settled(shop)
    shared(shop, transaction, to(SUPPLIER, 1))

    missing = [
        shop.signed("GET", f"{ORDERS}/share-2?transaction_id={transaction}"),
        shop.signed("GET", f"{ORDERS}/share-1?transaction_id=4200"),
        shop.signed("GET", "/v3/profitsharing/transactions/4200/amounts"),
    ]

    assert [(reply.status, reply.json["code"]) for reply in missing] == [(404, "RESOURCE_NOT_EXISTS")] * 3
    assert let_go(shop, transaction, description="").json["code"] == "PARAM_ERROR"


def test_part_of_a_combined_order_is_shared_by_its_own_merchant(shop: Driver) -> None:
    parts = [part(MCHID, "part-0001", 10_000, settle_info={"profit_sharing": True})]
    pay_whole(shop, combined(shop, sub_orders=parts))
    shop.now_ms += MINUTE_MS
    found = shop.look("order", mchid=MCHID, out_trade_no="part-0001")["payment"]["transaction_id"]
    shop.ship(found)
    shop.control("confirm_receipt", transaction_id=found)

    assert shared(shop, found, to(SUPPLIER, 3_000)).status == 200


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4_000)), max_size=10))
def test_shared_money_is_held_shared_refunded_or_the_merchants(
    a_sandbox: MakeDriver, acts: list[tuple[int, int]]
) -> None:
    driver = with_supplier(a_sandbox())
    related(driver)
    transaction = settled(driver)

    for number, (act, fen) in enumerate(acts):
        match act:
            case 0:
                shared(driver, transaction, to(SUPPLIER, fen), out_order_no=f"share-{number}")
            case 1:
                driver.refund(transaction, f"refund-{number}", fen, total_fen=10_000)
            case 2:
                let_go(driver, transaction, out_order_no=f"share-{number}")
            case 3:
                body = b'{"mchid":"%b","out_refund_no":"refund-%d","status":"CLOSED"}' % (MCHID.encode(), number - 1)
                driver.send("POST", "/_sandbox/refunds/end", body)
            case _:
                driver.pump(after_ms=DAY_MS * 8)
        driver.now_ms += MINUTE_MS

        order = driver.look("order", transaction_id=transaction)
        own, suppliers = balances(driver)
        assert min(own, suppliers, order["held_fen"]) >= 0
        assert order["held_fen"] + order["refunded_fen"] + own + suppliers == 10_000
