"""Notices to a merchant's notify_url: what happened, encrypted with the APIv3 key, signed by Pay."""

from collections.abc import Mapping
from typing import Any

import msgspec

from wechat_sandbox.callbacks import PushDoor, push
from wechat_sandbox.moments import rfc3339
from wechat_sandbox.pay.keys import signs_by_public_key
from wechat_sandbox.pay.merchants import find_merchant
from wechat_sandbox.pay.signing import enveloped, proof_headers
from wechat_sandbox.sending import Callback
from wechat_sandbox.state import State


def notify(
    state: State, mchid: str, url: str, *, event: str, summary: str, original: str, resource: Mapping[str, Any]
) -> None:
    """The merchant will be told of `event`; retries carry the same notice id."""
    raw = state.hashed("notice", str(state.turn), event, original, size=16).hex()
    content = {
        "id": f"{raw[:8]}-{raw[8:12]}-5{raw[13:16]}-a{raw[17:20]}-{raw[20:]}",
        "create_time": rfc3339(state.now_ms),
        "event_type": event,
        "summary": summary,
        "original_type": original,
        "resource": msgspec.json.encode(resource).decode(),
    }
    push(state, PushDoor.PAY, owner=mchid, subject=event, url=url, content=content)


def sealed(state: State, mchid: str, url: str, content: Mapping[str, Any], *, timestamp: int) -> Callback:
    """The notice as it is sent this time: fresh nonces, the same content."""
    return _sealed(state, mchid, url, content, timestamp=timestamp, is_probe=False)


def probe(state: State, mchid: str, url: str, content: Mapping[str, Any], *, timestamp: int) -> Callback:
    """A notice with a `WECHATPAY/SIGNTEST/` signature; a receiver that accepts it does not verify."""
    return _sealed(state, mchid, url, content, timestamp=timestamp, is_probe=True)


def _sealed(
    state: State, mchid: str, url: str, content: Mapping[str, Any], *, timestamp: int, is_probe: bool
) -> Callback:
    merchant = find_merchant(state, mchid)
    if merchant is None:
        raise LookupError(mchid)
    nonce = state.draw_text(12)
    body = msgspec.json.encode(
        {
            "id": content["id"],
            "create_time": content["create_time"],
            "resource_type": "encrypt-resource",
            "event_type": content["event_type"],
            "summary": content["summary"],
            "resource": {
                "original_type": content["original_type"],
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": enveloped(
                    content["resource"].encode(),
                    apiv3_key=merchant.apiv3_key,
                    nonce=nonce,
                    associated=content["original_type"],
                ),
                "associated_data": content["original_type"],
                "nonce": nonce,
            },
        }
    )
    by_key = signs_by_public_key(state, merchant, content["id"])
    headers = proof_headers(
        state, merchant, body.decode(), by_public_key=by_key, timestamp=timestamp, is_probe=is_probe
    )
    return Callback(url=url, headers={"content-type": "application/json", **headers}, body=body)
