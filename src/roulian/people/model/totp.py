"""Time-based one-time passwords (RFC 6238 over RFC 4226): SHA-1, six digits, thirty seconds, as every app has them."""

import base64
import hmac
from urllib.parse import quote, urlencode

from roulian.words.time import Instant

SECRET_BYTES = 20
STEP_S = 30
_DIGITS = 6
_SKEW_STEPS = 1


def totp(secret: bytes, *, step: int, digits: int = _DIGITS) -> str:
    """The code of one time step (`T` in RFC 6238, seconds since the epoch over 30)."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0xF
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of(secret: bytes, code: str, *, now: Instant, after: int) -> int | None:
    """The time step whose code this is: the present one or a neighbour, later than `after`; None when there is none.

    `after` is the step last used: a code seen over a shoulder opens nothing a second time.
    """
    present = now.ms // 1000 // STEP_S
    steps = range(present - _SKEW_STEPS, present + _SKEW_STEPS + 1)
    told = code.encode()
    return next(
        (step for step in steps if step > after and hmac.compare_digest(totp(secret, step=step).encode(), told)), None
    )


def otpauth(secret: bytes, *, login: str, issuer: str) -> str:
    """The address that an authenticator app reads from a picture."""
    query = urlencode({"secret": base64.b32encode(secret).decode(), "issuer": issuer})
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{query}"
