"""An order paid at Pay by hand, for clients that have no Pay themselves but ask for what follows a payment."""

import base64
import json
import time

import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from walking import control

MCHID, SERIAL = "1900000109", "3775B6A45ACD588826D15E583A95F5DD12345678"
HOST, PATH = "https://api.mch.weixin.qq.com", "/v3/pay/transactions/jsapi"


def paid(appid, person, openid):
    """The transaction_id of an order that the person has just paid."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    control("merchants", mchid=MCHID, appids=[appid], serial=SERIAL, apiv3_key="k" * 32, public_key_pem=pem)
    order = {
        "appid": appid,
        "mchid": MCHID,
        "description": "手作陶杯",
        "out_trade_no": "order-0001",
        "notify_url": "https://shop.test/notify",
        "amount": {"total": 12_300, "currency": "CNY"},
        "payer": {"openid": openid},
    }
    body, stamp, nonce = json.dumps(order), str(int(time.time())), "n" * 32
    signed = key.sign(f"POST\n{PATH}\n{stamp}\n{nonce}\n{body}\n".encode(), padding.PKCS1v15(), hashes.SHA256())
    proof = (
        f'WECHATPAY2-SHA256-RSA2048 mchid="{MCHID}",nonce_str="{nonce}",timestamp="{stamp}",serial_no="{SERIAL}",'
        f'signature="{base64.b64encode(signed).decode()}"'
    )
    headers = {"Authorization": proof, "Content-Type": "application/json", "Accept": "application/json"}
    prepaid = requests.post(HOST + PATH, body, headers=headers, timeout=10).json()
    return control("pay", person=person, prepay_id=prepaid["prepay_id"])["transaction_id"]
