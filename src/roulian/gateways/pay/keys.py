"""The merchant's keys, each loaded once: to sign as the merchant and to open what Pay sealed for it.

RSA-SHA256 with PKCS#1 v1.5, base64; AES-256-GCM with the APIv3 key. Neighbour: `platform` knows Pay's own keys.
"""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from roulian.words.errors import Bug, Rejected

_APIV3_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class MerchantKeys:
    """What a merchant needs to speak with Pay. Secrets: never shown, never logged.

    `platform_keys` maps a serial or `PUB_KEY_ID_…` to Pay's public key or certificate in PEM; the first is the one
    Pay is asked to answer with.
    """

    mchid: str
    serial: str
    private_key_pem: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    platform_keys: Mapping[str, str]


class Signer:
    """Signs as the merchant."""

    __slots__ = ("_key",)

    def __init__(self, private_key_pem: str) -> None:
        """Load the key once; anything but an RSA private key is a `Bug`."""
        key = load_pem_private_key(private_key_pem.encode(), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise Bug("the merchant's key is not RSA")
        self._key = key

    def sign(self, message: bytes) -> str:
        """The base64 signature of `message`."""
        return base64.b64encode(self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def public_key(pem: str) -> rsa.RSAPublicKey:
    """Pay's key from its PEM, bare or in a certificate; anything but RSA is a `Bug`.

    A certificate's dates are not looked at: Pay names the key it signs with, and stops naming one that is over.
    """
    is_certificate = "BEGIN CERTIFICATE" in pem
    key = (
        x509.load_pem_x509_certificate(pem.encode()).public_key()
        if is_certificate
        else load_pem_public_key(pem.encode())
    )
    if not isinstance(key, rsa.RSAPublicKey):
        raise Bug("Pay's key is not RSA")
    return key


class Envelope:
    """Opens Pay's AES-256-GCM envelopes with the APIv3 key."""

    __slots__ = ("_aead", "_key")

    def __init__(self, api_v3_key: str) -> None:
        """The APIv3 key has 32 bytes."""
        key = api_v3_key.encode()
        if len(key) != _APIV3_KEY_BYTES:
            raise Bug("an APIv3 key has 32 bytes")
        self._aead = AESGCM(key)
        self._key = key

    def mark(self, made: bytes) -> str:
        """A nonce of 32 letters that `made` fixes and nobody without the key foresees."""
        return hmac.digest(self._key, made, "sha256").hex()[:32].upper()

    def open(self, ciphertext: str, *, nonce: str, associated: str) -> bytes:
        """The plain bytes. Raises `Rejected` `bad_resource`."""
        try:
            return self._aead.decrypt(nonce.encode(), base64.b64decode(ciphertext, validate=True), associated.encode())
        except (InvalidTag, ValueError) as error:
            raise Rejected("bad_resource") from error
