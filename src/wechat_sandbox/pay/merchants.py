"""Merchants, and the keys on both sides: the merchant's public key, and Pay's own two.

Pay signs with a *public-key-mode* key (its id is `PUB_KEY_ID_…`, one id per merchant) or with the key of its
platform certificate (its id is the serial number). RSA keys are made once per sandbox file and stored: they are
the one thing the seed does not fix (a setting may), and nothing else depends on them.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509.oid import NameOID

from wechat_sandbox.moments import local
from wechat_sandbox.state import State
from wechat_sandbox.wire import ControlError

CERTIFICATE_DAYS = 1825
KEY_EXPONENT, KEY_BITS = 65537, 2048


class KeyMode(StrEnum):
    """How Pay proves itself to the merchant: by public key, by certificate, or (switching) by either."""

    PUBLIC_KEY = "public_key"
    CERTIFICATE = "certificate"
    SWITCHING = "switching"


class PlatformKey(StrEnum):
    """Pay's own keys."""

    PUBLIC_KEY = "public_key"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Merchant:
    """One merchant; `switched_ratio` is the share of notices signed by the public key while switching."""

    mchid: str
    appids: tuple[str, ...]
    serial: str
    public_pem: str
    apiv3_key: str
    key_mode: KeyMode
    public_key_id: str
    switched_ratio: float
    balance_fen: int


@dataclass(frozen=True, slots=True)
class Platform:
    """One of Pay's keys, loaded; `expires_ms` is its certificate's end, 0 without one."""

    private: rsa.RSAPrivateKey
    public_pem: str
    certificate_pem: str
    serial: str
    expires_ms: int


def find_merchant(state: State, mchid: str) -> Merchant | None:
    """The merchant, or None."""
    row = state.one("SELECT * FROM merchants WHERE mchid = ?", mchid)
    if row is None:
        return None
    return Merchant(
        mchid=row["mchid"],
        appids=tuple(row["appids"].split(",")),
        serial=row["serial"],
        public_pem=row["public_pem"],
        apiv3_key=row["apiv3_key"],
        key_mode=KeyMode(row["key_mode"]),
        public_key_id=row["public_key_id"],
        switched_ratio=row["switched_ratio"],
        balance_fen=row["balance_fen"],
    )


def merchant_key(state: State, merchant: Merchant) -> rsa.RSAPublicKey:
    """The merchant's public key, loaded once."""
    name = f"merchant {merchant.public_pem}"
    key = state.keys.get(name)
    if key is None:
        key = state.keys[name] = read_public_key(merchant.public_pem)
    assert isinstance(key, rsa.RSAPublicKey)
    return key


def read_public_key(pem: str) -> rsa.RSAPublicKey:
    """The RSA key of a public-key or certificate PEM; raises `ControlError` for anything else."""
    key: object
    try:
        if "BEGIN CERTIFICATE" in pem:
            key = x509.load_pem_x509_certificate(pem.encode()).public_key()
        else:
            key = load_pem_public_key(pem.encode())
    except ValueError as error:
        raise ControlError("bad_key", "neither a public key nor a certificate in PEM") from error
    if isinstance(key, rsa.RSAPublicKey):
        return key
    raise ControlError("bad_key", "the merchant's key is not RSA")


def platform(state: State, kind: PlatformKey, generation: int = 1) -> Platform:
    """Pay's key of this kind: made at its first use, kept in the file, loaded once; certificates have successors."""
    name = kind if generation == 1 else f"{kind} {generation}"
    found = state.keys.get(name)
    if isinstance(found, Platform):
        return found
    row = state.one("SELECT * FROM keys WHERE name = ?", name)
    if row is None:
        _make_platform_key(state, kind, name)
        row = state.one("SELECT * FROM keys WHERE name = ?", name)
    assert row is not None
    loaded = Platform(
        private=_loaded(row["private_pem"]),
        public_pem=row["public_pem"],
        certificate_pem=row["certificate_pem"],
        serial=row["serial"],
        expires_ms=_expires_ms(row["certificate_pem"]),
    )
    state.keys[name] = loaded
    return loaded


def _loaded(pem: str) -> rsa.RSAPrivateKey:
    # The check of the primes costs 50 ms at every start, and this key guards nothing but a test.
    private = load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(private, rsa.RSAPrivateKey)
    return private


def _private_key(state: State) -> rsa.RSAPrivateKey:
    given = state.settings.platform_key_pem
    return _loaded(given) if given else rsa.generate_private_key(KEY_EXPONENT, KEY_BITS)


def _expires_ms(certificate_pem: str) -> int:
    if not certificate_pem:
        return 0
    return int(x509.load_pem_x509_certificate(certificate_pem.encode()).not_valid_after_utc.timestamp() * 1000)


def _make_platform_key(state: State, kind: PlatformKey, name: str) -> None:
    private = _private_key(state)
    serial = int.from_bytes(state.hashed("platform serial", name, size=20)) >> 1
    certificate = ""
    if kind is PlatformKey.CERTIFICATE:
        certificate = _certificate(state, private, serial).public_bytes(Encoding.PEM).decode()
    state.run(
        "INSERT INTO keys VALUES (?, ?, ?, ?, ?)",
        name,
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        certificate,
        f"{serial:040X}",
    )


def _certificate(state: State, private: rsa.RSAPrivateKey, serial: int) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "WeChat sandbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, "WeChat sandbox Pay platform"),
        ]
    )
    begins = local(state.now_ms) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(serial)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=CERTIFICATE_DAYS))
        .sign(private, hashes.SHA256())
    )
