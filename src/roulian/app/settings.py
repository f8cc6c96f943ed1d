"""Every setting, in one place, read once from the environment handed in.

`docs/settings.md` names each of them; a test fails when one is missing there.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from roulian.gateways.pay import MerchantKeys
from roulian.gateways.wechat import AccountKeys
from roulian.tell import Scenario
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
    """What WeChat gave the brand: the mini-program's keys, the official accounts', the merchant's. Never logged."""

    mini_program: AccountKeys
    official: tuple[AccountKeys, ...]
    merchant: MerchantKeys


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
    vault_key: bytes
    index_key: bytes
    partner_key: str

    def partner_digest(self) -> str:
        """The SHA-256 hex digest of the partners' key: what the doors compare with."""
        return hashlib.sha256(self.partner_key.encode()).hexdigest()


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
    "ROULIAN_VAULT_KEY": "",
    "ROULIAN_INDEX_KEY": "",
    "ROULIAN_PARTNER_KEY": "",
    "ROULIAN_WECHAT_APPID": "",
    "ROULIAN_WECHAT_SECRET": "",
    "ROULIAN_WECHAT_CALLBACK_TOKEN": "",
    "ROULIAN_WECHAT_CALLBACK_AES_KEY": "",
    "ROULIAN_WECHAT_ACCOUNTS_FILE": "",
    "ROULIAN_WECHAT_TEMPLATES_FILE": "",
    "ROULIAN_PAY_MCHID": "",
    "ROULIAN_PAY_SERIAL": "",
    "ROULIAN_PAY_KEY_FILE": "",
    "ROULIAN_PAY_API_V3_KEY": "",
    "ROULIAN_PAY_PLATFORM_KEY_ID": "",
    "ROULIAN_PAY_PLATFORM_KEY_FILE": "",
}


def read(environ: Mapping[str, str], *, home: Path | None = None) -> Settings:
    """The settings `environ` names; `BadSetting` for one that cannot be used. Creates `home` and its key file."""
    values = {name: environ.get(name, default) for name, default in NAMES.items()}
    place = (home or _under_root(values["ROULIAN_HOME"])).resolve()
    place.mkdir(parents=True, exist_ok=True)
    outside = _outside(values["ROULIAN_OUTSIDE"])
    vault, index, partner = _keys(values, place)
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
        templates=_templates(values["ROULIAN_WECHAT_TEMPLATES_FILE"]),
        vault_key=vault,
        index_key=index,
        partner_key=partner,
    )


def _under_root(text: str) -> Path:
    path = Path(text)
    return path if path.is_absolute() else ROOT / path


def _outside(text: str) -> Outside:
    try:
        return Outside(text)
    except ValueError:
        raise BadSetting("ROULIAN_OUTSIDE", "只能是 sandbox 或 live。", "must be sandbox or live.") from None


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
        return path.read_text()

    return Credentials(
        mini_program=AccountKeys(
            appid=needed("ROULIAN_WECHAT_APPID"),
            secret=needed("ROULIAN_WECHAT_SECRET"),
            callback_token=needed("ROULIAN_WECHAT_CALLBACK_TOKEN"),
            callback_aes_key=needed("ROULIAN_WECHAT_CALLBACK_AES_KEY"),
        ),
        official=_official(values["ROULIAN_WECHAT_ACCOUNTS_FILE"]),
        merchant=MerchantKeys(
            mchid=needed("ROULIAN_PAY_MCHID"),
            serial=needed("ROULIAN_PAY_SERIAL"),
            private_key_pem=key_file("ROULIAN_PAY_KEY_FILE"),
            api_v3_key=needed("ROULIAN_PAY_API_V3_KEY"),
            platform_keys={needed("ROULIAN_PAY_PLATFORM_KEY_ID"): key_file("ROULIAN_PAY_PLATFORM_KEY_FILE")},
        ),
    )


def _official(path: str) -> tuple[AccountKeys, ...]:
    if not path:
        return ()
    try:
        return msgspec.toml.decode(Path(path).read_bytes(), type=_OfficialFile).account
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        name = "ROULIAN_WECHAT_ACCOUNTS_FILE"
        raise BadSetting(name, f"读不了 {path}:{error}。", f"cannot read {path}: {error}.") from error


def _templates(path: str) -> Mapping[Scenario, str]:
    """The mini-program's own template ids; a scenario without one is told through the doors that need none."""
    if not path:
        return {}
    try:
        return msgspec.toml.decode(Path(path).read_bytes(), type=dict[Scenario, str])
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        name = "ROULIAN_WECHAT_TEMPLATES_FILE"
        raise BadSetting(name, f"读不了 {path}:{error}。", f"cannot read {path}: {error}.") from error


class _OfficialFile(msgspec.Struct):
    account: tuple[AccountKeys, ...] = ()


def _keys(values: Mapping[str, str], home: Path) -> tuple[bytes, bytes, str]:
    given = values["ROULIAN_VAULT_KEY"], values["ROULIAN_INDEX_KEY"], values["ROULIAN_PARTNER_KEY"]
    kept = given if all(given) else _kept_keys(home / "keys")
    vault, index, partner = (chosen or fallback for chosen, fallback in zip(given, kept, strict=True))
    try:
        return bytes.fromhex(vault), bytes.fromhex(index), partner
    except ValueError:
        raise BadSetting("ROULIAN_VAULT_KEY", "密钥应为 64 位十六进制。", "keys are 64 hexadecimal digits.") from None


def _kept_keys(path: Path) -> tuple[str, str, str]:
    if not path.exists():
        write_secret(path, "\n".join(secrets.token_hex(32) for _ in range(3)).encode())
    vault, index, partner = path.read_text().split()
    return vault, index, partner


def write_secret(path: Path, content: bytes) -> None:
    """`path` holds `content`, readable by its owner alone: whole, or not there at all when the process dies."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)
