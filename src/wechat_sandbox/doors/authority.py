"""A certificate authority of the user's own, which vouches for WeChat's hosts on this machine only.

It is made once and kept; programs that trust `ca.pem` accept the sandbox as WeChat. By its name constraints it can
vouch for WeChat's domains and the loopback alone, so that a key that leaks cannot pose as a bank. The server's own
certificate is new at every start.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wechat_sandbox.doors.hosts import DOMAINS

AUTHORITY_LIVES = timedelta(days=3650)
SERVER_LIVES = timedelta(days=390)
RENEW_BEFORE = timedelta(days=400)
BACKDATED = timedelta(days=1)
TRUSTSTORE_PASSWORD = "changeit"  # noqa: S105 - Java's customary password; the store holds a public certificate only


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the certificates lie: `ca` for clients (PEM), `truststore` for Java (PKCS#12), `server` with its key."""

    ca: Path
    truststore: Path
    server: Path


@dataclass(frozen=True, slots=True)
class _Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def certificates(folder: Path, *, hosts: Sequence[str], now: datetime) -> Certificates:
    """The authority of `folder` (made if there is none, it soon expires or has other bounds) and a new certificate for `hosts`.

    `now` is aware; files with keys have mode 0600. Raises `OSError` when the folder cannot be written and `ValueError`
    when what lies there is no authority.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _authority(folder / "authority.pem", now)
    made = Certificates(folder / "ca.pem", folder / "truststore.p12", folder / "server.pem")
    named = pkcs12.PKCS12Certificate(authority.certificate, b"wechat-sandbox")
    locked = BestAvailableEncryption(TRUSTSTORE_PASSWORD.encode())
    _write(made.ca, authority.certificate.public_bytes(Encoding.PEM), mode=0o644)
    _write(made.truststore, pkcs12.serialize_java_truststore([named], locked), mode=0o644)
    key = ec.generate_private_key(ec.SECP256R1())
    server = _for_hosts(authority, key, hosts=hosts, now=now)
    _write(made.server, _pem(key) + server.public_bytes(Encoding.PEM), mode=0o600)
    return made


def _authority(file: Path, now: datetime) -> _Authority:
    if file.exists():
        found = _read(file)
        bounds = found.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        if found.certificate.not_valid_after_utc > now + RENEW_BEFORE and bounds == _bounds():
            return found
        file.unlink()
    key = ec.generate_private_key(ec.SECP256R1())
    fresh = file.with_suffix(f".{os.getpid()}")
    _write(fresh, _pem(key) + _for_itself(key, now).public_bytes(Encoding.PEM), mode=0o600)
    try:
        os.link(fresh, file)
    except FileExistsError:  # another sandbox was quicker, and clients may trust its authority already
        pass
    finally:
        fresh.unlink()
    return _read(file)


def _read(file: Path) -> _Authority:
    text = file.read_bytes()
    key = load_pem_private_key(text, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(  # noqa: TRY004 - what is wrong is the file's content
            f"{file} is not an authority of the sandbox; remove it and start again"
        )
    return _Authority(key, x509.load_pem_x509_certificate(text))


def _for_itself(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "WeChat sandbox on this machine")])
    return (
        _begun(name, name, key, now=now, lives=AUTHORITY_LIVES)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(_bounds(), critical=True)
        .sign(key, hashes.SHA256())
    )


def _bounds() -> x509.NameConstraints:
    permitted: list[x509.GeneralName] = [x509.DNSName(domain) for domain in (*DOMAINS, "localhost")]
    permitted += [x509.IPAddress(IPv4Network("127.0.0.0/8")), x509.IPAddress(IPv6Network("::1/128"))]
    return x509.NameConstraints(permitted, None)


def _for_hosts(
    authority: _Authority, key: ec.EllipticCurvePrivateKey, *, hosts: Sequence[str], now: datetime
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "WeChat sandbox")])
    names: list[x509.GeneralName] = [x509.DNSName(host) for host in (*hosts, "localhost")]
    names += [x509.IPAddress(IPv4Address("127.0.0.1")), x509.IPAddress(IPv6Address("::1"))]
    signer = authority.certificate.subject
    signed_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    return (
        _begun(name, signer, key, now=now, lives=SERVER_LIVES)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(signed_by, critical=False)
        .sign(authority.key, hashes.SHA256())
    )


def _begun(
    name: x509.Name, signer: x509.Name, key: ec.EllipticCurvePrivateKey, *, now: datetime, lives: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(signer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + lives)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(file: Path, content: bytes, *, mode: int) -> None:
    """Whole or not at all: another sandbox may be reading the same folder."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as opened:
        opened.write(content)
    fresh.replace(file)
