"""wechatpayv3 through every API of Pay, as `sync` or `async`, as a merchant of `public_key` or `certificate` mode."""

import base64
import json
import sys
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from walking import Receiver, Walk, control, look

WAY, KEY_MODE = sys.argv[1:]
if WAY == "sync":
    from wechatpayv3 import WeChatPay, WeChatPayType
else:
    from wechatpayv3.async_ import AsyncWeChatPay as WeChatPay
    from wechatpayv3.async_ import WeChatPayType

APPID, MCHID, SERIAL = "wxmini0000000001", "1900000109", "3775B6A45ACD588826D15E583A95F5DD12345678"
APIV3_KEY = "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb"
YUAN = 100

FAULTS = {
    "business_parking_sync": "passes its own core an argument that the core does not know",
    "business_point_status": "puts the host twice into the address",
    "transfer_bill_receipt": "passes its own core an argument that the core does not know",
    "transfer_detail_receipt": "passes its own core an argument that the core does not know",
}
PAPER = Path(tempfile.mkdtemp(), "a.pdf")
PAPER.write_bytes(b"%PDF-1.4")
HINTS = {
    "applyment_submit": {
        "contact_info": {"contact_type": "LEGAL"},
        "subject_info": {"identity_info": {"id_holder_type": "LEGAL"}},
        "bank_account_info": {"account_name": "a", "account_number": "1"},
    },
    "brand_profitsharing_order": {"finish": True},
    "complaint_image_download": {"media_url": "https://api.mch.weixin.qq.com/v3/merchant-service/images/1"},
    "fapiao_upload_file": {"filepath": str(PAPER)},
    "fapiao_download_file": {"url": "/v3/new-tax-control-fapiao/fapiao-file?a=1"},
    "marketing_partnership_build": {
        "partner_type": "APPID",
        "partner_appid": "a",
        "business_type": "FAVOR_STOCK",
        "stock_id": "1",
    },
    "marketing_partnership_query": {"business_type": "FAVOR_STOCK", "stock_id": "1"},
    "payscore_direct_complete": {"post_payments": [{"amount": 1}]},
    "payscore_permission_terminate": {"authorization_code": None},
}

walk, receiver = Walk(), Receiver()
key = rsa.generate_private_key(65537, 2048)
public_pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
private_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
control("accounts", appid=APPID, kind="mini_program", is_trade_managed=False)
openid = control("persons", count=1, appids=[APPID])["openids"][APPID]["p1"]
merchant = control(
    "merchants",
    mchid=MCHID,
    appids=[APPID],
    public_key_pem=public_pem,
    serial=SERIAL,
    apiv3_key=APIV3_KEY,
    key_mode=KEY_MODE,
)
client = WeChatPay(
    wechatpay_type=WeChatPayType.MINIPROG,
    mchid=MCHID,
    private_key=private_pem,
    cert_serial_no=SERIAL,
    apiv3_key=APIV3_KEY,
    appid=APPID,
    notify_url=f"{receiver.url}/notify",
    public_key=merchant.get("public_key_pem"),
    public_key_id=merchant.get("public_key_id"),
)
if WAY == "async":
    walk.settled(client.__aenter__())


def amount(yuan):
    """An order's amount."""
    return {"total": yuan * YUAN, "currency": "CNY"}


def noticed(name):
    """What the next notice says, verified and opened by the client; it must be of this event."""
    headers, body, _ = receiver.next()
    walk("decrypt_callback", lambda: client.decrypt_callback(headers, body.decode()))
    opened = walk("callback", lambda: client.callback(headers, body))
    assert opened["event_type"] == name, opened
    return opened["resource"]


def an_order(number, yuan=123, **more):
    """The prepay_id of a new order."""
    _, text = walk(
        "pay",
        lambda: client.pay(
            description="手作陶杯", out_trade_no=number, amount=amount(yuan), payer={"openid": openid}, **more
        ),
    )
    return json.loads(text)["prepay_id"]


def settle_one():
    """Prepay, sign for the phone, pay there, hear of it, ask for it, refund in part."""
    prepay_id = an_order("order-0001")
    sign = walk("sign", lambda: client.sign([APPID, "1772000000", "nonce", f"prepay_id={prepay_id}"]))
    package = {"timeStamp": "1772000000", "nonceStr": "nonce", "package": f"prepay_id={prepay_id}", "signType": "RSA"}
    paid = control("pay", person="p1", request_payment={"appId": APPID, **package, "paySign": sign})
    resource = noticed("TRANSACTION.SUCCESS")
    assert resource["transaction_id"] == paid["transaction_id"]
    _, text = walk("query", lambda: client.query(out_trade_no="order-0001"))
    assert json.loads(text)["trade_state"] == "SUCCESS"
    walk("query", lambda: client.query(transaction_id=paid["transaction_id"]))
    refund = {"refund": YUAN, **amount(123)}
    walk("refund", lambda: client.refund("refund-1", refund, transaction_id=paid["transaction_id"], reason="少一只"))
    control("clock/advance", ms=10_000)
    assert noticed("REFUND.SUCCESS")["refund_status"] == "SUCCESS"
    _, text = walk("query_refund", lambda: client.query_refund("refund-1"))
    assert json.loads(text)["status"] == "SUCCESS"


def close_one():
    """An order nobody pays is closed."""
    an_order("order-0002")
    walk("close", lambda: client.close("order-0002"))
    _, text = walk("query", lambda: client.query(out_trade_no="order-0002"))
    assert json.loads(text)["trade_state"] == "CLOSED"


def combined():
    """Two orders paid as one, and two that nobody pays."""

    def orders(number):
        return [
            {
                "mchid": MCHID,
                "attach": "定金",
                "amount": {"total_amount": YUAN, "currency": "CNY"},
                "out_trade_no": f"{number}-{part}",
                "description": "手作陶杯",
            }
            for part in (1, 2)
        ]

    payer = {"openid": openid}
    one = ("combined-1", orders("combined-1"))
    _, text = walk("combine_pay", lambda: client.combine_pay(*one, combine_payer_info=payer))
    control("pay", person="p1", prepay_id=json.loads(text)["prepay_id"])
    assert len(noticed("TRANSACTION.SUCCESS")["sub_orders"]) == len(one[1])
    walk("combine_query", lambda: client.combine_query("combined-1"))
    client_other = ("combined-2", orders("combined-2"))
    walk("combine_pay", lambda: client.combine_pay(*client_other, combine_payer_info=payer))
    closing = [{"mchid": MCHID, "out_trade_no": order["out_trade_no"]} for order in client_other[1]]
    walk("combine_close", lambda: client.combine_close("combined-2", closing))


def other_ways():
    """The same order by QR code, in an app, in a browser."""
    scene = {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}}
    for way, more in {"NATIVE": {}, "APP": {}, "H5": {"scene_info": scene}}.items():
        kind, number = WeChatPayType[way], f"order-{way}"
        order = {"description": "手作陶杯", "out_trade_no": number, "amount": amount(1), "pay_type": kind, **more}
        walk("pay", lambda order=order: client.pay(**order))
    walk("decrypt", lambda: client.decrypt(sealed("柔链")))


def sealed(text):
    """The text encrypted for the merchant, as Pay encrypts what is sensitive."""
    way = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)
    return base64.b64encode(key.public_key().encrypt(text.encode(), way)).decode()


def stuck_refund():
    """A refund that the bank did not take is sent another way."""
    prepay_id = an_order("order-0003")
    paid = control("pay", person="p1", prepay_id=prepay_id)
    noticed("TRANSACTION.SUCCESS")
    _, text = walk(
        "payscore_refund",
        lambda: client.payscore_refund(paid["transaction_id"], "refund-3", {"refund": YUAN, **amount(123)}),
    )
    control("refunds/end", out_refund_no="refund-3", mchid=MCHID, status="ABNORMAL")
    assert noticed("REFUND.ABNORMAL")["refund_status"] == "ABNORMAL"
    refund = json.loads(text)["refund_id"]
    walk("payscore_refund_query", lambda: client.payscore_refund_query("refund-3"))
    bank = {"bank_type": "ICBC_DEBIT", "bank_account": "6222020000000000000", "real_name": "张三"}
    walk("abnormal_refund", lambda: client.abnormal_refund(refund, "refund-3", "MERCHANT_BANK_CARD", **bank))


def shared():
    """An order whose money is shared with the potter."""
    prepay_id = an_order("order-0004", settle_info={"profit_sharing": True})
    paid = control("pay", person="p1", prepay_id=prepay_id)["transaction_id"]
    noticed("TRANSACTION.SUCCESS")
    control("clock/advance", ms=120_000)
    potter = ("PERSONAL_OPENID", openid)
    walk("profitsharing_add_receiver", lambda: client.profitsharing_add_receiver(*potter, relation_type="PARTNER"))
    part = [{"type": potter[0], "account": potter[1], "amount": YUAN, "description": "制作"}]
    walk("profitsharing_order", lambda: client.profitsharing_order(paid, "share-1", part, False))
    walk("profitsharing_order_query", lambda: client.profitsharing_order_query(paid, "share-1"))
    walk("profitsharing_amount_query", lambda: client.profitsharing_amount_query(paid))
    walk("profitsharing_unfreeze", lambda: client.profitsharing_unfreeze(paid, "unfreeze-1", "分账完成"))
    walk("profitsharing_delete_receiver", lambda: client.profitsharing_delete_receiver(*potter))
    walk.settled(client.profitsharing_add_receiver(*potter, relation_type="PARTNER"))
    brand = "brand_profitsharing_delete_receiver"  # asks for the same address as the call without a brand
    walk(brand, lambda: client.brand_profitsharing_delete_receiver(MCHID, *potter))


def bills():
    """Yesterday's bills; the client's clock stays behind, so this comes last."""
    control("clock/advance", ms=36 * 3_600_000)
    yesterday = time.strftime("%Y-%m-%d", time.gmtime(look("clock")["now_ms"] / 1000 + 8 * 3600 - 86_400))
    _, text = walk("trade_bill", lambda: client.trade_bill(yesterday))
    bill = json.loads(text)["download_url"]
    walk("download_bill", lambda: client.download_bill(bill))
    walk("fundflow_bill", lambda: client.fundflow_bill(yesterday))


walk.chapter(settle_one)
walk.chapter(combined)
walk.chapter(other_ways)
walk.chapter(stuck_refund)
walk.chapter(shared)
walk.chapter(bills)
walk.chapter(close_one)
for fault, why in FAULTS.items():
    walk.excuse(fault, why)
walk.probe_rest("", client, hints=HINTS)
walk.tell(callbacks=look("callbacks", limit=1000)["callbacks"])
