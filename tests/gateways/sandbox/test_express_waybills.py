"""The logistics assistant: waybills with the fake carrier and with real ones, their accounts and their steps."""

from typing import Any

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import HOUR_MS, MINI, SERVICE, Driver
from wechat_sandbox import SandboxSettings

FOLDER = "/cgi-bin/express/business"
PARTY = {
    "name": "张三",
    "mobile": "13600000000",
    "province": "广东省",
    "city": "广州市",
    "area": "海珠区",
    "address": "一号",
}
ALL_CODES = {"delivery_id": "YTO", "biz_id": "K100", "service": {"service_type": 0, "service_name": "普通快递"}}


def waybill(driver: Driver, **changes: Any) -> dict[str, Any]:
    return {
        "add_source": 0,
        "order_id": "order-0001",
        "openid": driver.openid(),
        "delivery_id": "TEST",
        "biz_id": "test_biz_id",
        "sender": PARTY,
        "receiver": PARTY,
        "cargo": {
            "count": 1,
            "weight": 1.2,
            "space_x": 20,
            "space_y": 15,
            "space_z": 10,
            "detail_list": [{"name": "手作陶杯", "count": 1}],
        },
        "shop": {
            "wxa_path": "pages/order?id=1",
            "img_url": "https://shop.test/cup.png",
            "goods_name": "手作陶杯",
            "goods_count": 1,
        },
        "insured": {"use_insured": 0, "insured_value": 0},
        "service": {"service_type": 1, "service_name": "test_service_name"},
        **changes,
    }


def add(driver: Driver, **changes: Any) -> Any:
    return driver.api(f"{FOLDER}/order/add", **waybill(driver, **changes))


def one(driver: Driver, verb: str, **changes: Any) -> Any:
    return driver.api(f"{FOLDER}/{verb}", **changes)


def bound(driver: Driver, biz_id: str = "K100", delivery_id: str = "YTO", **changes: Any) -> int:
    body = {"type": "bind", "biz_id": biz_id, "delivery_id": delivery_id, "password": "secret", **changes}
    code: int = driver.api(f"{FOLDER}/account/bind", **body)["errcode"]
    return code


def get(driver: Driver, path: str) -> Any:
    return driver.send("GET", f"{FOLDER}/{path}?access_token={driver.stable_token()}").json


def events(driver: Driver) -> list[Any]:
    return [push["content"] for push in driver.look("callbacks", subject="add_express_path")["callbacks"]]


@pytest.fixture
def made(driver: Driver) -> dict[str, Any]:
    """The names of a waybill of the fake carrier."""
    reply = add(driver)
    return {"order_id": "order-0001", "delivery_id": "TEST", "waybill_id": reply["waybill_id"]}


def test_fake_carrier_moves_its_parcel_as_it_is_told(driver: Driver, made: dict[str, Any]) -> None:
    for action in (100001, 200001, 300002, 300003):
        told = {
            "biz_id": "test_biz_id",
            "action_time": driver.now_ms // 1000,
            "action_type": action,
            "action_msg": "走",
        }
        assert one(driver, "test_update_order", **made, **told)["errcode"] == 0
        driver.now_ms += HOUR_MS

    path = one(driver, "path/get", **made, openid=driver.openid())
    last = events(driver)[-1]
    assert [item["action_type"] for item in path["path_item_list"]] == [100001, 200001, 300002, 300003]
    assert (path["path_item_num"], path["openid"]) == (4, driver.openid())
    assert (last["Count"], last["WayBillId"], last["OrderId"]) == (4, made["waybill_id"], "order-0001")
    assert last["FromUserName"] == driver.openid()
    notices = driver.look("messages", person="p1", kind="logistics")["messages"]
    assert [notice["content"]["status"] for notice in notices] == [1, 3, 4]
    assert notices[0]["page"] == "pages/order?id=1"


def test_waybill_is_shown_alone_and_among_others(driver: Driver, made: dict[str, Any]) -> None:
    shown = one(driver, "order/get", **made)
    many = one(driver, "order/batchget", order_list=[made, {**made, "waybill_id": "other"}])["order_list"]

    assert (shown["order_status"], shown["waybill_id"]) == (0, made["waybill_id"])
    assert shown["print_html"]
    assert [row["errcode"] for row in many] == [0, 40199]
    assert one(driver, "order/batchget", order_list=[])["errcode"] == 930561
    assert one(driver, "order/batchget", order_list=[made] * 101)["errcode"] == 930561


def test_waybill_is_cancelled_while_it_stands_still(driver: Driver, made: dict[str, Any]) -> None:
    cancelled = one(driver, "order/cancel", **made)
    again = one(driver, "order/cancel", **made)
    renewed = add(driver)

    assert (cancelled["errcode"], cancelled["delivery_resultcode"], again["errcode"]) == (0, 0, 9300524)
    assert one(driver, "order/get", **made)["order_status"] == 1
    assert renewed["waybill_id"] != made["waybill_id"]
    moving = {**made, "waybill_id": renewed["waybill_id"]}
    driver.control("express_path", appid=MINI, person="p1", **moving, action_type=100001)
    assert one(driver, "order/cancel", **moving)["errcode"] == 9300506


def test_a_waybill_is_found_by_its_order_alone_the_live_one_first(driver: Driver, made: dict[str, Any]) -> None:
    by_order = {**made, "waybill_id": ""}
    assert one(driver, "order/get", **by_order)["waybill_id"] == made["waybill_id"]

    one(driver, "order/cancel", **made)
    void = one(driver, "order/get", **by_order)
    renewed = add(driver)

    assert (void["waybill_id"], void["order_status"]) == (made["waybill_id"], 1)
    assert one(driver, "order/get", **by_order)["waybill_id"] == renewed["waybill_id"]
    assert [one(driver, verb, **by_order)["errcode"] for verb in ("order/cancel", "path/get")] == [930561, 930561]


@pytest.mark.parametrize("verb", ["order/get", "order/cancel", "path/get"])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"order_id": ""}, 930561),
        ({"waybill_id": "other"}, 40199),
        ({"delivery_id": "NONE"}, 9300503),
        ({"openid": "o-other"}, 40003),
    ],
)
def test_waybill_is_found_by_all_its_names(
    driver: Driver, made: dict[str, Any], verb: str, change: Any, code: int
) -> None:
    assert one(driver, verb, **{**made, **change})["errcode"] == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"order_id": ""}, 930561),
        ({"add_source": 1}, 930561),
        ({"sender": {"name": "张三"}}, 930561),
        ({"receiver": None}, 930561),
        ({"cargo": {"count": 0, "weight": 1}}, 930561),
        ({"insured": None}, 930561),
        ({"order_id": "长" * 200}, 9300526),
        ({"custom_remark": "长" * 400}, 9300526),
        ({"openid": "o-other"}, 40003),
        ({"delivery_id": "NONE"}, 9300503),
        ({"biz_id": "other"}, 9300525),
        ({"service": {"service_type": 9, "service_name": "飞"}}, 9300510),
        ({"shop": {"wxa_path": "x"}}, 9300535),
        ({"shop": {"detail_list": [{"goods_name": "杯"}]}}, 9300535),
        ({"add_source": 2, "wx_appid": "wxnone"}, 9300536),
        ({"add_source": 2, "wx_appid": SERVICE}, 9300534),
        ({"cargo": {"count": 1, "weight": 1, "detail_list": []}}, 9300501),
    ],
)
def test_bad_waybills_have_their_codes_and_leave_nothing(driver: Driver, change: Any, code: int) -> None:
    assert add(driver, **change)["errcode"] == code
    assert add(driver)["errcode"] == 0


def test_order_has_one_waybill_at_a_time(driver: Driver, made: dict[str, Any]) -> None:
    assert add(driver)["errcode"] == 9300522
    assert one(driver, "order/get", **made)["errcode"] == 0


def test_carriers_refusal_says_what_the_carrier_said(driver: Driver) -> None:
    sf = {"delivery_id": "SF", "biz_id": "SF_CASH", "service": {"service_type": 0, "service_name": "标准快递"}}

    untimed = add(driver, **sf)
    late = add(driver, **sf, expect_time=driver.now_ms // 1000 - 1)
    arranged = add(driver, **sf, expect_time=0)

    assert (untimed["errcode"], untimed["delivery_resultcode"]) == (9300501, 30002)
    assert untimed["delivery_resultmsg"] == "expect_time is required"
    assert (late["errcode"], arranged["errcode"]) == (9300501, 0)


def test_app_order_of_the_same_open_account_sends_no_notice(driver: Driver) -> None:
    for appid, kind in ((MINI, "mini_program"), (SERVICE, "service")):
        driver.control("accounts", appid=appid, kind=kind, open_appid="wxopen", callback_url="https://shop.test/x")
    reply = add(driver, add_source=2, wx_appid=SERVICE, openid="")
    moved = {"delivery_id": "TEST", "waybill_id": reply["waybill_id"], "action_type": 100001}
    driver.control("express_path", appid=MINI, person="p1", **moved)

    assert len(events(driver)) == 1
    assert driver.look("messages", person="p1", kind="logistics")["messages"] == []


def test_accounts_are_bound_listed_and_unbound(driver: Driver) -> None:
    outcomes = [
        bound(driver),
        bound(driver),
        bound(driver, biz_id="K200", password=""),
        bound(driver, delivery_id="NONE"),
        bound(driver, type="x"),
        bound(driver, biz_id="K300", type="unbind"),
    ]
    listed = get(driver, "account/getall")

    assert outcomes == [0, 9300529, 9300531, 9300503, 930561, 9300530]
    assert (listed["count"], listed["list"][0]["biz_id"], listed["list"][0]["status_code"]) == (1, "K100", 0)
    assert bound(driver, type="unbind") == 0
    assert get(driver, "account/getall")["count"] == 0


def test_ems_reviews_its_codes_first(driver: Driver) -> None:
    ems = {"delivery_id": "EMS", "service": {"service_type": 6, "service_name": "标准快递"}, "biz_id": "E1"}
    bound(driver, biz_id="E1", delivery_id="EMS", remark_content="请审核")
    waiting = get(driver, "account/getall")["list"][0]["status_code"]
    twice, early = bound(driver, biz_id="E1", delivery_id="EMS"), add(driver, **ems)["errcode"]
    driver.control("express/account", appid=MINI, delivery_id="EMS", biz_id="E1", reason="资料不全")
    failed = get(driver, "account/getall")["list"][0]
    bound(driver, biz_id="E1", delivery_id="EMS")
    driver.control("express/account", appid=MINI, delivery_id="EMS", biz_id="E1")

    assert (waiting, twice, early) == (1, 9300532, 9300525)
    assert (failed["status_code"], failed["remark_wrong_msg"]) == (2, "资料不全")
    assert add(driver, **ems)["errcode"] == 0
    assert driver.refused("express/account", appid=MINI, delivery_id="EMS", biz_id="E1") == "unknown_code"


def test_paper_waybills_run_out(driver: Driver) -> None:
    bound(driver)
    driver.control("express/account", appid=MINI, delivery_id="YTO", biz_id="K100", quota_num=1)

    outcomes = [add(driver, order_id=f"order-{number}", **ALL_CODES)["errcode"] for number in range(2)]

    assert outcomes == [0, 9300523]
    assert one(driver, "quota/get", delivery_id="YTO", biz_id="K100")["quota_num"] == 0
    assert one(driver, "quota/get", delivery_id="YTO", biz_id="other")["errcode"] == 9300525
    assert one(driver, "quota/get", delivery_id="SF", biz_id="x")["errcode"] == 9300527
    assert one(driver, "quota/get", delivery_id="NONE", biz_id="x")["errcode"] == 9300503


def test_carriers_are_listed_without_the_fake_one(driver: Driver) -> None:
    found = get(driver, "delivery/getall")

    assert found["count"] == len(found["data"]) == 12
    assert "TEST" not in [row["delivery_id"] for row in found["data"]]
    assert found["data"][0]["service_type"][0] == {"service_type": 0, "service_name": "标准快递"}


def test_printers_come_and_go(driver: Driver) -> None:
    for change, code in (
        ({"update_type": "bind", "tagid_list": "123,456"}, 0),
        ({"update_type": "x"}, 9300517),
        ({"update_type": "bind", "tagid_list": "a"}, 9300533),
        ({"update_type": "bind", "openid": "o-other"}, 40003),
    ):
        assert one(driver, "printer/update", **{"openid": driver.openid(), **change})["errcode"] == code
    shown = get(driver, "printer/getall")
    one(driver, "printer/update", openid=driver.openid(), update_type="unbind")

    assert (shown["count"], shown["openid"], shown["tagid_list"]) == (1, [driver.openid()], ["123", "456"])
    assert get(driver, "printer/getall")["count"] == 0


def test_only_the_fake_carriers_parcels_move_by_api(driver: Driver, made: dict[str, Any]) -> None:
    told = {"biz_id": "test_biz_id", "action_time": 1, "action_type": 100001, "action_msg": ""}
    for change, code in (
        ({"biz_id": "K100"}, 930561),
        ({"delivery_id": "YTO"}, 930561),
        ({"action_time": 0}, 930561),
        ({"waybill_id": "other"}, 40199),
    ):
        assert one(driver, "test_update_order", **{**made, **told, **change})["errcode"] == code
    assert one(driver, "path/get", **made)["path_item_num"] == 0


def test_parcels_move_by_themselves_when_the_switch_says_so(a_sandbox: MakeDriver) -> None:
    driver = a_sandbox(settings=SandboxSettings(carrier_step_ms=HOUR_MS))
    bound(driver)
    add(driver, **ALL_CODES)
    cancelled = add(driver, order_id="order-0002", **ALL_CODES)
    one(driver, "order/cancel", order_id="order-0002", delivery_id="YTO", waybill_id=cancelled["waybill_id"])
    for _ in range(10):
        driver.pump(after_ms=HOUR_MS)

    assert [event["Actions"][-1]["ActionType"] for event in events(driver)] == [100001, 200001, 300002, 300003]
    assert {event["OrderId"] for event in events(driver)} == {"order-0001"}
