"""The platform certificates a merchant may download, encrypted with its APIv3 key."""

from cryptography import x509

from wechat_sandbox.moments import SHANGHAI
from wechat_sandbox.pay.keys import certificates_in_force
from wechat_sandbox.pay.merchants import KeyMode, Platform, find_merchant
from wechat_sandbox.pay.signing import enveloped
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, PayError, Request


def certificates(state: State, request: Request) -> Body:
    """GET /v3/certificates: one, or two while one replaces the other; 404 RESOURCE_NOT_EXISTS for a merchant in public-key mode."""
    merchant = find_merchant(state, request.caller)
    if merchant is None or merchant.key_mode is KeyMode.PUBLIC_KEY:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书,请在商户平台-API安全申请使用微信支付公钥")
    return {"data": [_item(state, key, merchant.apiv3_key) for key in certificates_in_force(state)]}


def _item(state: State, key: Platform, apiv3_key: str) -> Body:
    certificate = x509.load_pem_x509_certificate(key.certificate_pem.encode())
    nonce = state.draw_text(12)
    return {
        "serial_no": key.serial,
        "effective_time": certificate.not_valid_before_utc.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "expire_time": certificate.not_valid_after_utc.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "encrypt_certificate": {
            "algorithm": "AEAD_AES_256_GCM",
            "nonce": nonce,
            "associated_data": "certificate",
            "ciphertext": enveloped(
                key.certificate_pem.encode(), apiv3_key=apiv3_key, nonce=nonce, associated="certificate"
            ),
        },
    }


ROUTES = (Route("GET", "/v3/certificates", Door.PAY, certificates, refuses=("RESOURCE_NOT_EXISTS",)),)
