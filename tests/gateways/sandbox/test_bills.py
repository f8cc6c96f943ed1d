"""Bills: what they say is what happened, and when they can be had."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import DAY_MS, HOUR_MS, MCHID, MINUTE_MS, Driver, Reply
from gateways.sandbox.test_combined import combined, pay_whole, with_supplier
from wechat_sandbox import SandboxSettings
from wechat_sandbox.moments import day_of, local

TRADES, FUNDS = "/v3/bill/tradebill", "/v3/bill/fundflowbill"


def asked(driver: Driver, path: str = TRADES, *, day: str = "", mchid: str = MCHID, **query: str) -> Reply:
    """The bill of `day`; of yesterday when none is named."""
    wanted = {"bill_date": day or day_of(driver.now_ms - DAY_MS), **query}
    return driver.signed("GET", f"{path}?{'&'.join(f'{name}={value}' for name, value in wanted.items())}", mchid=mchid)


def fetched(driver: Driver, asked_for: Reply, *, mchid: str = MCHID) -> Reply:
    assert asked_for.status == 200, asked_for.json
    address = asked_for.json["download_url"]
    return driver.signed("GET", address[address.index("/v3/") :], mchid=mchid)


def table(text: bytes) -> list[dict[str, str]]:
    """The rows of a bill, then its sums."""
    lines = text.decode().removesuffix("\r\n").split("\r\n")
    heads, rows, sum_heads, sums = lines[0], lines[1:-2], lines[-2], lines[-1]
    cut = [dict(zip(heads.split(","), row.removeprefix("`").split(",`"), strict=True)) for row in rows]
    return [*cut, dict(zip(sum_heads.split(","), sums.removeprefix("`").split(",`"), strict=True))]


def to_next_morning(driver: Driver, hour: int = 10) -> None:
    """Moves the clock to this hour of the next day in China."""
    midnight = local(driver.now_ms).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    driver.pump(after_ms=int((midnight + timedelta(hours=hour)).timestamp() * 1000) - driver.now_ms)


@pytest.fixture
def morning(driver: Driver) -> Driver:
    """Yesterday two orders were paid, and a part of the second asked back."""
    driver.paid("order-0001", total_fen=12_300)
    transaction = driver.paid("order-0002", total_fen=5_000)
    driver.now_ms += MINUTE_MS
    driver.refund(transaction, "refund-1", 1_234, total_fen=5_000)
    to_next_morning(driver)
    return driver


def test_trade_bill_has_wechats_columns_every_order_and_every_refund(morning: Driver) -> None:
    reply = asked(morning)
    text = fetched(morning, reply)

    first, second, refund, sums = table(text.body)
    assert text.body.decode().startswith("交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,")
    assert first["商户订单号"] == "order-0001"
    assert (second["交易状态"], second["订单金额"], second["用户标识"]) == ("SUCCESS", "50.00", morning.openid())
    assert (refund["交易状态"], refund["商户退款单号"], refund["退款状态"]) == ("REFUND", "refund-1", "SUCCESS")
    assert (refund["应结订单金额"], refund["申请退款金额"]) == ("0.00", "12.34")
    assert sums == {
        "总交易单数": "3",
        "应结订单总金额": "173.00",
        "退款总金额": "12.34",
        "充值券退款总金额": "0.00",
        "手续费总金额": "0.00000",
        "订单总金额": "173.00",
        "申请退款总金额": "12.34",
    }
    assert hashlib.sha1(text.body).hexdigest() == reply.json["hash_value"]
    assert reply.json["hash_type"] == "SHA1"


def test_reply_is_signed_and_the_file_is_not(morning: Driver) -> None:
    reply = asked(morning)
    text = fetched(morning, reply)

    assert "wechatpay-signature" in reply.headers
    assert not [name for name in text.headers if name.startswith("wechatpay-")]


def test_packed_bill_unpacks_to_the_text_whose_hash_was_given(morning: Driver) -> None:
    plain, packed = asked(morning), asked(morning, tar_type="GZIP")

    text = gzip.decompress(fetched(morning, packed).body)

    assert text == fetched(morning, plain).body
    assert hashlib.sha1(text).hexdigest() == packed.json["hash_value"] == plain.json["hash_value"]


@pytest.mark.parametrize(("kind", "states"), [("SUCCESS", ["SUCCESS", "SUCCESS"]), ("REFUND", ["REFUND"])])
def test_trade_bill_of_one_kind_has_only_that(morning: Driver, kind: str, states: list[str]) -> None:
    *rows, sums = table(fetched(morning, asked(morning, bill_type=kind)).body)

    assert [row["交易状态"] for row in rows] == states
    assert sums["总交易单数"] == str(len(states))
    assert ("退款成功时间" in rows[0]) == (kind == "REFUND")


def test_fund_flow_bill_follows_the_balance(driver: Driver) -> None:
    transaction = driver.paid()
    driver.now_ms += MINUTE_MS
    driver.ship(transaction)
    driver.control("confirm_receipt", transaction_id=transaction)
    refund_id = driver.refund(transaction, "refund-1", 300).json["refund_id"]
    driver.control("withdraw", mchid=MCHID, fen=2_000)
    to_next_morning(driver)

    *rows, sums = table(fetched(driver, asked(driver, FUNDS)).body)

    assert [(row["业务类型"], row["收支类型"], row["收支金额(元)"], row["账户结余(元)"]) for row in rows] == [
        ("交易", "收入", "123.00", "123.00"),
        ("退款", "支出", "3.00", "120.00"),
        ("提现", "支出", "20.00", "100.00"),
    ]
    assert (rows[0]["微信支付业务单号"], rows[1]["微信支付业务单号"]) == (transaction, refund_id)
    assert len({row["资金流水单号"] for row in rows}) == 3
    assert sums == {"资金流水总笔数": "3", "收入笔数": "1", "收入金额": "123.00", "支出笔数": "2", "支出金额": "23.00"}


@pytest.mark.parametrize("path", [TRADES, FUNDS])
def test_bill_is_written_at_ten_the_next_morning(driver: Driver, path: str) -> None:
    transaction = driver.paid()
    driver.now_ms += MINUTE_MS
    driver.ship(transaction)
    driver.control("confirm_receipt", transaction_id=transaction)
    same_day = asked(driver, path, day=day_of(driver.now_ms))
    to_next_morning(driver)
    driver.now_ms -= 1
    early = asked(driver, path)
    driver.now_ms += 1

    assert (same_day.status, same_day.json["code"]) == (400, "INVALID_REQUEST")
    assert (early.status, early.json["code"]) == (400, "STATEMENT_CREATING")
    assert asked(driver, path).status == 200


def test_hour_of_the_bill_is_a_switch(a_sandbox: MakeDriver) -> None:
    driver = a_sandbox(settings=SandboxSettings(bill_ready_hour=8))
    driver.paid()
    to_next_morning(driver, hour=8)

    assert asked(driver).status == 200


@pytest.mark.parametrize("path", [TRADES, FUNDS])
def test_bill_is_kept_for_three_months(driver: Driver, path: str) -> None:
    transaction = driver.paid()
    driver.now_ms += MINUTE_MS
    driver.ship(transaction)
    driver.control("confirm_receipt", transaction_id=transaction)
    day = day_of(driver.now_ms)
    later = datetime.fromisoformat(f"{day}T12:00:00+08:00") + timedelta(days=89)
    driver.now_ms = int(later.timestamp() * 1000)
    young = asked(driver, path, day=day)
    driver.now_ms += 4 * DAY_MS
    old = asked(driver, path, day=day)

    assert young.status == 200
    assert (old.status, old.json["code"]) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("path", [TRADES, FUNDS])
def test_day_without_money_has_no_bill(driver: Driver, path: str) -> None:
    driver.prepay()
    to_next_morning(driver)

    reply = asked(driver, path)

    assert (reply.status, reply.json["code"]) == (400, "NO_STATEMENT_EXIST")


@pytest.mark.parametrize("account", ["OPERATION", "FEES"])
def test_other_accounts_have_no_money_and_no_bill(morning: Driver, account: str) -> None:
    assert asked(morning, FUNDS, account_type=account).json["code"] == "NO_STATEMENT_EXIST"


@pytest.mark.parametrize("path", [TRADES, FUNDS])
@pytest.mark.parametrize(
    "query",
    [{"day": "20260225"}, {"day": "2026-02-30"}, {"tar_type": "ZIP"}, {"bill_type": "SOME", "account_type": "SOME"}],
)
def test_bad_questions_are_refused(morning: Driver, path: str, query: dict[str, str]) -> None:
    reply = asked(morning, path, **query)

    assert (reply.status, reply.json["code"]) == (400, "PARAM_ERROR")


def test_fourth_fund_flow_question_in_a_second_is_too_fast(morning: Driver) -> None:
    replies = [asked(morning, FUNDS) for _ in range(4)]

    assert [reply.json["code"] for reply in replies] == ["NO_STATEMENT_EXIST"] * 3 + ["FREQUENCY_LIMITED"]


def test_address_is_good_for_five_minutes_and_for_its_own_merchant(morning: Driver) -> None:
    with_supplier(morning)
    reply = asked(morning)
    foreign = fetched(morning, reply, mchid="1900000222")
    unknown = morning.signed("GET", "/v3/billdownload/file?token=nothing")
    morning.now_ms += 5 * MINUTE_MS
    late = fetched(morning, reply)

    assert (foreign.status, foreign.json["code"]) == (403, "NO_AUTH")
    assert (unknown.status, unknown.json["code"]) == (400, "INVALID_REQUEST")
    assert (late.status, late.json["code"]) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("api.mch.weixin.qq.com", "https://api.mch.weixin.qq.com/"),
        ("api2.wechatpay.cn:443", "https://api2.wechatpay.cn:443/"),
        ("127.0.0.1:18080", "http://127.0.0.1:18080/"),
    ],
)
def test_address_is_on_the_host_that_was_asked(morning: Driver, host: str, base: str) -> None:
    target = f"{TRADES}?bill_date={day_of(morning.now_ms - DAY_MS)}"

    reply = morning.signed("GET", target, headers={"Host": host})

    assert reply.json["download_url"].startswith(f"{base}v3/billdownload/file?token=")


def test_bill_says_what_was_so_when_it_was_written(driver: Driver) -> None:
    """A refund that was abnormal at ten and went on at noon is CHANGE in that day's bill for ever."""
    transaction = driver.paid()
    driver.control("cards", person="p1")
    refund_id = driver.refund(transaction, "refund-1", 300).json["refund_id"]
    to_next_morning(driver)
    at_ten = asked(driver).json["hash_value"]
    body = {"out_refund_no": "refund-1", "type": "MERCHANT_BANK_CARD"}
    assert driver.signed("POST", f"/v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund", body).status == 200
    driver.pump(after_ms=2 * HOUR_MS)

    rows = table(fetched(driver, asked(driver, bill_type="REFUND")).body)

    assert (rows[0]["退款状态"], rows[0]["退款成功时间"]) == ("CHANGE", "")
    assert asked(driver).json["hash_value"] == at_ten


def test_part_of_a_combined_order_is_on_its_own_merchants_bill(driver: Driver) -> None:
    with_supplier(driver)
    pay_whole(driver, combined(driver))
    to_next_morning(driver)

    own, suppliers = (
        table(fetched(driver, asked(driver, mchid=mchid), mchid=mchid).body) for mchid in (MCHID, "1900000222")
    )

    assert [own[-1]["订单总金额"], suppliers[-1]["订单总金额"]] == ["70.00", "53.00"]


def test_text_of_the_merchant_cannot_break_a_row(driver: Driver) -> None:
    prepay_id = driver.prepay(description="陶杯,\n红色").json["prepay_id"]
    driver.control("pay", person="p1", prepay_id=prepay_id)
    to_next_morning(driver)

    row, _ = table(fetched(driver, asked(driver)).body)

    assert row["商品名称"] == "陶杯, 红色"


ACTS = ("pay", "refund", "abnormal", "closed", "settle", "withdraw", "day")


def _played(driver: Driver, acts: list[int]) -> Iterator[str]:
    """Plays the acts and gives every day on which something may have happened."""
    orders: list[str] = []
    for number, act in enumerate(acts):
        yield day_of(driver.now_ms)
        match ACTS[act]:
            case "pay":
                orders.append(driver.paid(f"order-{number:04d}", total_fen=1_000))
            case "refund" | "abnormal" | "closed" as end if orders:
                driver.refund(orders[-1], f"refund-{number}", 100 + number, total_fen=1_000)
                if end != "refund":
                    end_body = {"mchid": MCHID, "out_refund_no": f"refund-{number}", "status": end.upper()}
                    tried(driver, "refunds/end", **end_body)
            case "settle" if orders:
                driver.ship(orders[0])
                tried(driver, "confirm_receipt", transaction_id=orders.pop(0))
            case "withdraw":
                tried(driver, "withdraw", mchid=MCHID, fen=70)
            case "day":
                driver.pump(after_ms=DAY_MS)
        driver.pump(after_ms=MINUTE_MS)
    yield day_of(driver.now_ms)


def tried(driver: Driver, verb: str, **body: object) -> bool:
    """Whether the act was possible."""
    return driver.send("POST", f"/_sandbox/{verb}", json.dumps(body).encode()).status == 200


def _fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.integers(0, len(ACTS) - 1), min_size=1, max_size=16))
def test_bills_sum_to_what_was_paid_refunded_and_moved(a_sandbox: MakeDriver, acts: list[int]) -> None:
    driver = a_sandbox()
    days = sorted(set(_played(driver, acts)))
    to_next_morning(driver)
    trades = [reply for day in days if (reply := asked(driver, day=day)).status == 200]
    funds = []
    for day in days:
        driver.now_ms += 1000
        funds.append(asked(driver, FUNDS, day=day))

    tables = [table(fetched(driver, reply).body) for reply in trades]
    flows = [table(fetched(driver, reply).body) for reply in funds if reply.status == 200]

    rows = [row for each in tables for row in each[:-1]]
    paid_fen = sum(_fen(each[-1]["订单总金额"]) for each in tables)
    asked_back_fen = sum(_fen(each[-1]["申请退款总金额"]) for each in tables)
    lost_fen = sum(_fen(row["退款金额"]) for row in rows if row["退款状态"] == "FAIL")
    numbers = {row["微信订单号"] for row in rows if row["交易状态"] == "SUCCESS"}
    orders = [driver.look("order", transaction_id=number) for number in numbers]
    balance_fen = driver.look("merchant", mchid=MCHID)["balance_fen"]
    assert paid_fen == sum(order["payment"]["total_fen"] for order in orders)
    assert asked_back_fen - lost_fen == sum(order["refunded_fen"] for order in orders)
    assert sum(_fen(each[-1]["收入金额"]) - _fen(each[-1]["支出金额"]) for each in flows) == balance_fen
    assert not flows or _fen(flows[-1][-2]["账户结余(元)"]) == balance_fen
