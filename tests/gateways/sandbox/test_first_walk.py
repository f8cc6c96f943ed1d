"""The flow the sandbox must be able to play, once through."""

from gateways.sandbox.driving import DAY_MS, MCHID, MINI, MINUTE_MS, Driver


def test_an_order_walks_from_login_to_settlement(driver: Driver) -> None:
    code = driver.control("wx_login", person="p1", appid=MINI)["code"]
    secret = driver.look("account", appid=MINI)["account"]["secret"]
    session = driver.send(
        "GET", f"/sns/jscode2session?appid={MINI}&secret={secret}&js_code={code}&grant_type=authorization_code"
    ).json
    assert session["openid"] == driver.openid()

    transaction = driver.paid()
    assert driver.pump() == 1
    early = driver.ship(transaction)
    driver.pump(after_ms=MINUTE_MS)
    shipped = driver.ship(transaction)
    assert (early["errcode"], shipped["errcode"]) == (10060001, 0)
    assert driver.look("order", transaction_id=transaction)["frozen_fen"] == 12_300

    driver.pump(after_ms=10 * DAY_MS)

    order = driver.look("order", transaction_id=transaction)
    assert (order["order"]["order_state"], order["frozen_fen"]) == (4, 0)
    assert driver.look("merchant", mchid=MCHID)["balance_fen"] == 12_300
    subjects = [push["subject"] for push in driver.look("callbacks")["callbacks"]]
    assert subjects == ["TRANSACTION.SUCCESS", "trade_manage_order_settlement", "trade_manage_order_settlement"]
