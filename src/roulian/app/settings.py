"""Every setting, in one place, read once from the environment handed in.

`docs/settings.md` names each of them; a test fails when one is missing there.
"""

import hashlib
import importlib.resources
import itertools
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from roulian.app.listed import AccountsFile, ListedAccount, checked
from roulian.gateways.pay import MerchantKeys
from roulian.gateways.wechat import AccountKeys
from roulian.store import KeyRing
from roulian.tell import Account, BadAccount, Limits, Scenario, read_limits
from roulian.web.pace import Paces
from roulian.words import Refusal


class Outside(StrEnum):
    """Whose WeChat the platform speaks to."""

    SANDBOX = "sandbox"
    LIVE = "live"


class BadSetting(Refusal):
    """A setting cannot be used as it stands."""

    code = "bad_setting"

    def __init__(self, name: str, why_zh: str, why_en: str) -> None:
        """Name the setting and what is wrong with it."""
        super().__init__(name)
        self.name, self.why_zh, self.why_en = name, why_zh, why_en

    def text(self, lang: str = "zh") -> str:
        """Which setting, why, and where the settings are described."""
        if lang == "en":
            return f"Setting {self.name}: {self.why_en} See docs/settings.md."
        return f"设置 {self.name}:{self.why_zh} 说明见 docs/settings.md。"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What WeChat gave the brand: keys of its accounts, its merchant and its open platform, if any. Never logged.

    `accounts` are the rows of the matrix that come with the keys of `official`, where the brand file names none.
    """

    mini_program: AccountKeys
    official: tuple[AccountKeys, ...]
    merchant: MerchantKeys
    platform: AccountKeys | None = None
    accounts: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs."""

    home: Path
    database_url: str
    outside: Outside
    public_url: str
    host: str
    port: int
    brand: Path
    console: Path
    speed: int
    credentials: Credentials | None
    templates: Mapping[Scenario, str]
    account_templates: Mapping[str, Mapping[Scenario, str]]
    limits: Limits
    key_ring: KeyRing
    partner_key: str
    staff_login: bool
    wechat_proxy: str
    wechat_ca: Path | None
    webhooks_inside: bool
    paces: Paces
    proxies: str

    def partner_digest(self) -> str:
        """The SHA-256 hex digest of the partners' key: what the doors compare with."""
        return hashlib.sha256(self.partner_key.encode()).hexdigest()


_OTHERS = 0o077
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
KEY_BYTES = 32
_LIVE_PACES = Paces(address=6_000, session=600, login=10)
_SANDBOX_PACES = Paces(address=0, session=0, login=60)
ROOT = Path(__file__).resolve().parents[3]

NAMES: Mapping[str, str] = {
    "ROULIAN_HOME": "var",
    "ROULIAN_DATABASE_URL": "",
    "ROULIAN_OUTSIDE": "sandbox",
    "ROULIAN_PUBLIC_URL": "https://shop.example",
    "ROULIAN_HOST": "127.0.0.1",
    "ROULIAN_PORT": "8600",
    "ROULIAN_BRAND": "scenarios/sample-brand",
    "ROULIAN_CONSOLE": "frontend/console/dist",
    "ROULIAN_SPEED": "3600",
    "ROULIAN_SECRETS_FILE": "",
    "ROULIAN_KEY_RING": "",
    "ROULIAN_PARTNER_KEY": "",
    "ROULIAN_STAFF_LOGIN": "auto",
    "ROULIAN_WEBHOOKS_INSIDE": "refused",
    "ROULIAN_PROXIES": "127.0.0.1",
    "ROULIAN_PACE_ADDRESS": "auto",
    "ROULIAN_PACE_SESSION": "auto",
    "ROULIAN_PACE_LOGIN": "auto",
    "ROULIAN_WECHAT_APPID": "",
    "ROULIAN_WECHAT_SECRET": "",
    "ROULIAN_WECHAT_CALLBACK_TOKEN": "",
    "ROULIAN_WECHAT_CALLBACK_AES_KEY": "",
    "ROULIAN_WECHAT_ACCOUNTS_FILE": "",
    "ROULIAN_WECHAT_TEMPLATES_FILE": "",
    "ROULIAN_WECHAT_LIMITS_FILE": "",
    "ROULIAN_WECHAT_PROXY": "",
    "ROULIAN_WECHAT_CA_FILE": "",
    "ROULIAN_WECHAT_PLATFORM_APPID": "",
    "ROULIAN_WECHAT_PLATFORM_SECRET": "",
    "ROULIAN_WECHAT_PLATFORM_TOKEN": "",
    "ROULIAN_WECHAT_PLATFORM_AES_KEY": "",
    "ROULIAN_PAY_MCHID": "",
    "ROULIAN_PAY_SERIAL": "",
    "ROULIAN_PAY_KEY_FILE": "",
    "ROULIAN_PAY_API_V3_KEY": "",
    "ROULIAN_PAY_PLATFORM_KEY_ID": "",
    "ROULIAN_PAY_PLATFORM_KEY_FILE": "",
}


def read(environ: Mapping[str, str], *, home: Path | None = None) -> Settings:
    """The settings `environ` names; `BadSetting` for one that cannot be used. Creates `home` and its key file."""
    kept = _secrets_file(environ.get("ROULIAN_SECRETS_FILE", ""))
    values = {name: environ.get(name) or kept.get(name, default) for name, default in NAMES.items()}
    place = (home or _under_root(values["ROULIAN_HOME"])).resolve()
    place.mkdir(parents=True, exist_ok=True)
    outside = _outside(values["ROULIAN_OUTSIDE"])
    templates, account_templates = _templates(values["ROULIAN_WECHAT_TEMPLATES_FILE"])
    return Settings(
        home=place,
        database_url=values["ROULIAN_DATABASE_URL"] or f"sqlite:///{place / 'brand.db'}",
        outside=outside,
        public_url=values["ROULIAN_PUBLIC_URL"].rstrip("/"),
        host=values["ROULIAN_HOST"],
        port=_whole(values, "ROULIAN_PORT"),
        brand=_under_root(values["ROULIAN_BRAND"]),
        console=_under_root(values["ROULIAN_CONSOLE"]),
        speed=_whole(values, "ROULIAN_SPEED"),
        credentials=_credentials(values) if outside is Outside.LIVE else None,
        templates=templates,
        account_templates=account_templates,
        limits=_limits(values["ROULIAN_WECHAT_LIMITS_FILE"]),
        key_ring=_ring(values["ROULIAN_KEY_RING"], place),
        partner_key=values["ROULIAN_PARTNER_KEY"] or _kept_partner_key(place / "keys"),
        staff_login=_staff_login(values, outside),
        wechat_proxy=_proxy(values["ROULIAN_WECHAT_PROXY"]),
        wechat_ca=_ca(values["ROULIAN_WECHAT_CA_FILE"]),
        webhooks_inside=_is_allowed(values, "ROULIAN_WEBHOOKS_INSIDE"),
        paces=_paces(values, outside),
        proxies=values["ROULIAN_PROXIES"],
    )


def _under_root(text: str) -> Path:
    path = Path(text)
    return path if path.is_absolute() else ROOT / path


def _outside(text: str) -> Outside:
    try:
        return Outside(text)
    except ValueError:
        raise BadSetting("ROULIAN_OUTSIDE", "只能是 sandbox 或 live。", "must be sandbox or live.") from None


def _proxy(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise BadSetting("ROULIAN_WECHAT_PROXY", "应为 http:// 开头的代理地址。", "must be a URL: http://host:port.")
    return text


def _ca(text: str) -> Path | None:
    if text and not Path(text).is_file():
        raise BadSetting("ROULIAN_WECHAT_CA_FILE", f"找不到文件 {text}。", f"no such file: {text}.")
    return Path(text) if text else None


def _whole(values: Mapping[str, str], name: str) -> int:
    try:
        return int(values[name])
    except ValueError:
        raise BadSetting(name, "应为整数。", "must be a whole number.") from None


def _credentials(values: Mapping[str, str]) -> Credentials:
    def needed(name: str) -> str:
        if not values[name]:
            raise BadSetting(name, "连接真实微信时必填。", "is needed to speak to the real WeChat.")
        return values[name]

    def key_file(name: str) -> str:
        path = Path(needed(name))
        if not path.is_file():
            raise BadSetting(name, f"找不到文件 {path}。", f"no such file: {path}.")
        return path.read_text() if "PLATFORM" in name else private_text(name, path)

    listed = _official(values["ROULIAN_WECHAT_ACCOUNTS_FILE"])
    return Credentials(
        mini_program=AccountKeys(
            appid=needed("ROULIAN_WECHAT_APPID"),
            secret=needed("ROULIAN_WECHAT_SECRET"),
            callback_token=needed("ROULIAN_WECHAT_CALLBACK_TOKEN"),
            callback_aes_key=needed("ROULIAN_WECHAT_CALLBACK_AES_KEY"),
        ),
        official=tuple(one.keys() for one in listed),
        merchant=MerchantKeys(
            mchid=needed("ROULIAN_PAY_MCHID"),
            serial=needed("ROULIAN_PAY_SERIAL"),
            private_key_pem=key_file("ROULIAN_PAY_KEY_FILE"),
            api_v3_key=needed("ROULIAN_PAY_API_V3_KEY"),
            platform_keys={needed("ROULIAN_PAY_PLATFORM_KEY_ID"): key_file("ROULIAN_PAY_PLATFORM_KEY_FILE")},
        ),
        platform=_platform(values),
        accounts=tuple(one.row() for one in listed),
    )


def _platform(values: Mapping[str, str]) -> AccountKeys | None:
    names = ("APPID", "SECRET", "TOKEN", "AES_KEY")
    given = {name: values[f"ROULIAN_WECHAT_PLATFORM_{name}"] for name in names}
    if not any(given.values()):
        return None
    missing = next((name for name, value in given.items() if not value), "")
    if missing:
        name = f"ROULIAN_WECHAT_PLATFORM_{missing}"
        raise BadSetting(name, "使用开放平台时必填。", "is needed with an open platform.")
    return AccountKeys(given["APPID"], given["SECRET"], given["TOKEN"], given["AES_KEY"])


def _official(path: str) -> tuple[ListedAccount, ...]:
    if not path:
        return ()
    name = "ROULIAN_WECHAT_ACCOUNTS_FILE"
    try:
        found = msgspec.toml.decode(private_text(name, Path(path)), type=AccountsFile).account
        return checked(found)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadSetting(name, f"读不了 {path}:{error}。", f"cannot read {path}: {error}.") from error
    except BadAccount as bad:
        raise BadSetting(name, bad.text("zh"), bad.text("en")) from bad


_Templates = Mapping[Scenario, str]


def _templates(path: str) -> tuple[_Templates, Mapping[str, _Templates]]:
    """The mini-program's own template ids, and those of official accounts in a table `[appid]` each.

    A scenario without one is told through the doors that need none.
    """
    if not path:
        return {}, {}
    name = "ROULIAN_WECHAT_TEMPLATES_FILE"
    try:
        found = msgspec.toml.decode(Path(path).read_bytes(), type=dict[str, str | dict[Scenario, str]])
        own = {Scenario(scenario): ident for scenario, ident in found.items() if isinstance(ident, str)}
    except (OSError, msgspec.DecodeError, msgspec.ValidationError, ValueError) as error:
        raise BadSetting(name, f"读不了 {path}:{error}。", f"cannot read {path}: {error}.") from error
    return own, {appid: table for appid, table in found.items() if not isinstance(table, str)}


def _limits(path: str) -> Limits:
    """What WeChat lets our sender do: the file we ship, or one with an account's own numbers."""
    shipped = importlib.resources.files("roulian.tell").joinpath("limits.toml")
    try:
        return read_limits(Path(path).read_bytes() if path else shipped.read_bytes())
    except (OSError, ValueError) as error:
        name = "ROULIAN_WECHAT_LIMITS_FILE"
        raise BadSetting(name, f"读不了 {path}:{error}。", f"cannot read {path}: {error}.") from error


def _staff_login(values: Mapping[str, str], outside: Outside) -> bool:
    """Whether the console asks who is there: always when live or heard by other machines, else when told to."""
    chosen = values["ROULIAN_STAFF_LOGIN"]
    if chosen not in ("auto", "required"):
        raise BadSetting("ROULIAN_STAFF_LOGIN", "只能是 auto 或 required。", "must be auto or required.")
    return chosen == "required" or outside is Outside.LIVE or values["ROULIAN_HOST"] not in _LOOPBACK


def _paces(values: Mapping[str, str], outside: Outside) -> Paces:
    """As told; else, live, what a person and a quarter behind one address need; in the sandbox no limit but on logins."""
    usual = _LIVE_PACES if outside is Outside.LIVE else _SANDBOX_PACES
    return Paces(
        address=_pace(values, "ROULIAN_PACE_ADDRESS", usual.address),
        session=_pace(values, "ROULIAN_PACE_SESSION", usual.session),
        login=_pace(values, "ROULIAN_PACE_LOGIN", usual.login),
    )


def _pace(values: Mapping[str, str], name: str, usual: int) -> int:
    if values[name] == "auto":
        return usual
    if values[name] == "off":
        return 0
    found = _whole(values, name)
    if found < 1:
        raise BadSetting(name, "应为 auto、off 或正整数。", "must be auto, off or a positive number.")
    return found


def _is_allowed(values: Mapping[str, str], name: str) -> bool:
    if values[name] not in ("allowed", "refused"):
        raise BadSetting(name, "只能是 allowed 或 refused。", "must be allowed or refused.")
    return values[name] == "allowed"


def _kept_partner_key(path: Path) -> str:
    """The last word of the file: earlier versions kept keys before it that the ring took the place of."""
    if not path.exists():
        write_secret(path, secrets.token_hex(KEY_BYTES).encode())
    return private_text("ROULIAN_HOME", path).split()[-1]


def ring_file(home: Path) -> Path:
    """Where the key ring is kept when the environment does not give it."""
    return home / "keyring"


def new_key(ids: Collection[str]) -> str:
    """A key for the ring as its text writes it, drawn now, under an id that is not taken."""
    numbers = (number for number in itertools.count(1) if f"k{number}" not in ids)
    return f"k{next(numbers)}:{secrets.token_hex(KEY_BYTES)}"


def _ring(text: str, home: Path) -> KeyRing:
    if text:
        return KeyRing.parse(text, draw=secrets.token_bytes)
    path = ring_file(home)
    if not path.exists():
        write_secret(path, new_key(()).encode())

    def read() -> str:
        return private_text("ROULIAN_HOME", path)

    return KeyRing.parse(read(), draw=secrets.token_bytes, reread=read)


def _secrets_file(path: str) -> Mapping[str, str]:
    """Settings of a file of `NAME=value` lines; blank lines and those that begin with # say nothing."""
    if not path:
        return {}
    name = "ROULIAN_SECRETS_FILE"
    try:
        lines = [line.strip() for line in private_text(name, Path(path)).splitlines()]
    except OSError as error:
        raise BadSetting(name, f"读不了 {path}。", f"cannot read {path}.") from error
    found = {
        key.strip(): value.strip()
        for key, _, value in (line.partition("=") for line in lines if line and line[0] != "#")
    }
    unknown = sorted(found.keys() - NAMES.keys())
    if unknown:
        raise BadSetting(
            name, f"其中没有这些设置:{'、'.join(unknown)}。", f"names settings there are not: {', '.join(unknown)}."
        )
    return found


def private_text(name: str, path: Path) -> str:
    """The text of a file that holds secrets. Raises `BadSetting` unless its owner alone may read it."""
    mode = path.stat().st_mode & 0o777
    if mode & _OTHERS:
        raise BadSetting(
            name,
            f"文件 {path} 里有密钥,但别人也能读(权限 {mode:o})。请运行:chmod 600 {path}",
            f"{path} holds secrets but others may read it (mode {mode:o}). Run: chmod 600 {path}",
        )
    return path.read_text()


def write_secret(path: Path, content: bytes) -> None:
    """`path` holds `content`, readable by its owner alone: whole, or not there at all when the process dies."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)
