"""Pay's own keys: known by serial, of both kinds, and fetched when Pay signs with a certificate not yet known.

Pay signs with a public-key-mode key (`PUB_KEY_ID_…`) or with its platform certificate (by serial number); during the
seven days of a switch both come, so a merchant may hold both. Certificates are renewed by Pay: a serial that is not
known is looked for once, by one caller at a time, and at most once a minute, so that forged serials cost nothing.
"""

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from roulian.gateways.pay.keys import public_key
from roulian.words.errors import Rejected, Unreachable
from roulian.words.time import Clock, Instant

_PROBE = "WECHATPAY/SIGNTEST/"
_LOOK_AGAIN_AFTER = timedelta(minutes=1)
_CERTIFICATE_SERIAL = re.compile(r"[0-9A-F]{16,64}")

Certificates = Callable[[], Awaitable[Mapping[str, str]]]
"""Pay's certificates in PEM by serial, authentic; raises `Rejected` or `Unreachable`."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What Pay puts beside a body to prove it: over `stamp`, `nonce` and the body's raw bytes."""

    stamp: str
    nonce: str
    serial: str
    signature: str

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Proof":
        """The proof in the `Wechatpay-` headers, however they are written; what is absent is empty."""
        found = {name.lower().removeprefix("wechatpay-"): value for name, value in headers.items()}
        return cls(*(found.get(name, "") for name in ("timestamp", "nonce", "serial", "signature")))

    def is_whole(self) -> bool:
        """Whether nothing is absent."""
        return bool(self.stamp and self.nonce and self.serial and self.signature)

    def over(self, body: bytes) -> bytes:
        """What was signed."""
        return f"{self.stamp}\n{self.nonce}\n".encode() + body + b"\n"


class Platform:
    """Knows Pay's signature."""

    def __init__(self, keys: Mapping[str, str], *, clock: Clock, certificates: Certificates) -> None:
        """Load every key once; `preferred` is the first. `certificates` is asked when a serial is not known."""
        self._keys = {serial.upper(): public_key(pem) for serial, pem in keys.items()}
        self._clock, self._certificates = clock, certificates
        self._asked_at: Instant | None = None
        self._lock = asyncio.Lock()
        self.preferred = next(iter(keys))

    async def verify(self, proof: Proof, body: bytes) -> None:
        """Raises `Rejected`: `unknown_serial`, `probe` (Pay testing whether we verify), `bad_signature`."""
        if proof.signature.startswith(_PROBE):
            raise Rejected("probe")
        serial = proof.serial.upper()
        if serial not in self._keys and _CERTIFICATE_SERIAL.fullmatch(serial):
            await self._refresh(serial)
        _check(self._keys.get(serial), proof, body)

    def verify_with(self, certificates: Mapping[str, str], proof: Proof, body: bytes) -> None:
        """As `verify`, with keys that are known already or that `certificates` brings."""
        brought = {serial.upper(): public_key(pem) for serial, pem in certificates.items()}
        _check({**brought, **self._keys}.get(proof.serial.upper()), proof, body)

    async def _refresh(self, serial: str) -> None:
        """Whoever waited for another's refresh finds what it brought. That none can be had means: still unknown."""
        async with self._lock:
            now = self._clock.now()
            if serial in self._keys or (self._asked_at is not None and now < self._asked_at.plus(_LOOK_AGAIN_AFTER)):
                return
            self._asked_at = now
            try:
                found = await self._certificates()
            except (Rejected, Unreachable):
                return
            self._keys.update({each.upper(): public_key(pem) for each, pem in found.items()})


def _check(key: rsa.RSAPublicKey | None, proof: Proof, body: bytes) -> None:
    if key is None:
        raise Rejected("unknown_serial")
    try:
        signature = base64.b64decode(proof.signature, validate=True)
        key.verify(signature, proof.over(body), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError) as error:
        raise Rejected("bad_signature") from error
