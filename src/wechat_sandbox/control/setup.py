"""Creating what exists before the first call: accounts, merchants, templates, persons."""

import base64

import msgspec
from cryptography import x509

from wechat_sandbox.accounts import AccountKind, Encryption, Format, account, openid_of
from wechat_sandbox.limits import Limit
from wechat_sandbox.moments import local
from wechat_sandbox.pay.merchants import KeyMode, PlatformKey, find_merchant, platform, read_public_key
from wechat_sandbox.pushes import push_url_check
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.values import RULES
from wechat_sandbox.wire import ApiError, Body, ControlError, Request, control_parsed

AES_KEY_CHARACTERS = 43
APIV3_KEY_BYTES = 32


class NewAccount(msgspec.Struct):
    """Body of accounts; what is left out is made up from the seed (a second call replaces the account)."""

    appid: str
    kind: AccountKind
    name: str = ""
    secret: str = ""
    token: str = ""
    aes_key: str = ""
    callback_url: str = ""
    format: Format = Format.XML
    encryption: Encryption = Encryption.AES
    open_appid: str = ""
    is_verified: bool = True
    is_trade_managed: bool | None = None


def add_account(state: State, request: Request) -> Body:
    """POST /_sandbox/accounts: the account with all its secrets."""
    body = control_parsed(request, NewAccount)
    aes_key = body.aes_key or base64.b64encode(state.hashed("aes key", body.appid, size=32)).decode()[:43]
    managed = body.kind is AccountKind.MINI_PROGRAM if body.is_trade_managed is None else body.is_trade_managed
    if len(aes_key) != AES_KEY_CHARACTERS:
        raise ControlError("bad_aes_key", "an EncodingAESKey has 43 characters")
    state.run(
        "INSERT INTO accounts (appid, kind, name, original_id, secret, token, aes_key, callback_url, format,"
        " encryption, open_appid, is_verified, is_trade_managed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (appid) DO UPDATE SET kind = excluded.kind, name = excluded.name, secret = excluded.secret,"
        " token = excluded.token, aes_key = excluded.aes_key, callback_url = excluded.callback_url,"
        " format = excluded.format, encryption = excluded.encryption, open_appid = excluded.open_appid,"
        " is_verified = excluded.is_verified, is_trade_managed = excluded.is_trade_managed",
        body.appid,
        body.kind,
        body.name or body.appid,
        f"gh_{state.hashed('original id', body.appid, size=6).hex()}",
        body.secret or state.hashed("secret", body.appid, size=16).hex(),
        body.token or state.hashed("token", body.appid, size=12).hex(),
        aes_key,
        body.callback_url,
        body.format,
        body.encryption,
        body.open_appid,
        body.is_verified,
        managed,
    )
    return {"account": msgspec.to_builtins(account(state, body.appid))}


class Appid(msgspec.Struct):
    """One account."""

    appid: str


def check_url(state: State, request: Request) -> Body:
    """POST /_sandbox/accounts/check_url: the echostr GET is due; `callback_verified` shows its outcome."""
    appid = control_parsed(request, Appid).appid
    try:
        push_url_check(state, appid)
    except ApiError as error:
        raise ControlError("unknown_account", f"there is no account {appid!r}") from error
    return {"ok": True}


class NewMerchant(msgspec.Struct):
    """Body of merchants; `public_key_pem` may be a certificate, whose serial is then the default."""

    mchid: str
    appids: list[str]
    public_key_pem: str
    apiv3_key: str
    serial: str = ""
    key_mode: KeyMode = KeyMode.PUBLIC_KEY
    switched_ratio: float = 0.5


def add_merchant(state: State, request: Request) -> Body:
    """POST /_sandbox/merchants: the merchant is known; the reply has Pay's own key to verify with."""
    body = control_parsed(request, NewMerchant)
    read_public_key(body.public_key_pem)
    if len(body.apiv3_key.encode()) != APIV3_KEY_BYTES:
        raise ControlError("bad_apiv3_key", "an APIv3 key has 32 bytes")
    serial = body.serial or _certificate_serial(body.public_key_pem)
    known = find_merchant(state, body.mchid)
    public_key_id = known.public_key_id if known is not None else _public_key_id(state, body.mchid)
    state.run(
        "INSERT OR REPLACE INTO merchants VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        body.mchid,
        ",".join(body.appids),
        serial.upper(),
        body.public_key_pem,
        body.apiv3_key,
        body.key_mode,
        public_key_id,
        body.switched_ratio,
        known.balance_fen if known is not None else 0,
    )
    state.run("DELETE FROM key_switches WHERE mchid = ?", body.mchid)
    reply: dict[str, object] = {"mchid": body.mchid, "serial": serial.upper(), "key_mode": body.key_mode}
    if body.key_mode is not KeyMode.CERTIFICATE:
        reply["public_key_id"] = public_key_id
        reply["public_key_pem"] = platform(state, PlatformKey.PUBLIC_KEY).public_pem
    if body.key_mode is not KeyMode.PUBLIC_KEY:
        key = platform(state, PlatformKey.CERTIFICATE)
        reply["platform_serial"], reply["platform_certificate_pem"] = key.serial, key.certificate_pem
    return reply


def _certificate_serial(pem: str) -> str:
    if "BEGIN CERTIFICATE" not in pem:
        raise ControlError("serial_missing", "a bare public key needs the serial number of its certificate")
    return f"{x509.load_pem_x509_certificate(pem.encode()).serial_number:X}"


def _public_key_id(state: State, mchid: str) -> str:
    return f"PUB_KEY_ID_01{mchid}{local(state.now_ms):%Y%m%d}00{state.serial_digits(10)}"


class NewTemplate(msgspec.Struct):
    """Body of templates; fields in order: `thing1`, `date2` and so on."""

    appid: str
    template_id: str
    fields: list[str]
    title: str = ""
    kind: str = "once"


def add_template(state: State, request: Request) -> Body:
    """POST /_sandbox/templates: the account may send with this template."""
    body = control_parsed(request, NewTemplate)
    unknown = [name for name in body.fields if name.rstrip("0123456789") not in RULES]
    if unknown or body.kind not in ("once", "long"):
        raise ControlError("bad_template", f"unknown field types {unknown} or kind {body.kind!r}")
    state.run(
        "INSERT OR REPLACE INTO templates VALUES (?, ?, ?, ?, ?)",
        body.appid,
        body.template_id,
        body.title,
        body.kind,
        ",".join(body.fields),
    )
    return {"ok": True}


class NewPersons(msgspec.Struct):
    """Body of persons: so many new ones, or these by name; `appids` to get their openids too."""

    count: int = 0
    names: list[str] = []
    appids: list[str] = []


def add_persons(state: State, request: Request) -> Body:
    """POST /_sandbox/persons: the persons exist; those of a name that exists already stay as they are."""
    body = control_parsed(request, NewPersons)
    first = int(state.value("SELECT COUNT(*) FROM persons")) + 1
    names = body.names or [f"p{number}" for number in range(first, first + body.count)]
    state.run_many("INSERT OR IGNORE INTO persons VALUES (?)", [(name,) for name in names])
    openids = {appid: {name: openid_of(state, appid, name) for name in names} for appid in body.appids}
    return {"persons": names, "openids": openids}


class NewLimit(msgspec.Struct):
    """Body of quotas."""

    path: str
    per_day: int | None = None
    per_minute: int | None = None


def set_quota(state: State, request: Request) -> Body:
    """POST /_sandbox/quotas: this API's limits are now these, for every account."""
    body = control_parsed(request, NewLimit)
    state.run("INSERT OR REPLACE INTO quota_overrides VALUES (?, ?, ?)", body.path, body.per_day, body.per_minute)
    state.limits[body.path] = Limit(per_day=body.per_day, per_minute=body.per_minute)
    return {"ok": True}


ROUTES = (
    Route("POST", "/_sandbox/accounts", Door.CONTROL, add_account),
    Route("POST", "/_sandbox/accounts/check_url", Door.CONTROL, check_url),
    Route("POST", "/_sandbox/merchants", Door.CONTROL, add_merchant),
    Route("POST", "/_sandbox/templates", Door.CONTROL, add_template),
    Route("POST", "/_sandbox/persons", Door.CONTROL, add_persons),
    Route("POST", "/_sandbox/quotas", Door.CONTROL, set_quota),
)
