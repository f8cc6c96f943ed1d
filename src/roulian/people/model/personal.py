"""Phone numbers and addresses: how they are written, compared, shown half hidden, and how long they are kept."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from roulian.words.errors import Refusal
from roulian.words.ids import MemberId
from roulian.words.time import Instant

_MAINLAND_MOBILE = re.compile(r"1[3-9]\d{9}")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_REGION_CODE = re.compile(r"\d{6}")
_CUSTOMER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,39}")
_LONGEST_NAME, _LONGEST_STREET = 40, 200
_HIDDEN = "****"
_PROVINCES: Mapping[str, str] = MappingProxyType(
    {
        "11": "北京市",
        "12": "天津市",
        "13": "河北省",
        "14": "山西省",
        "15": "内蒙古自治区",
        "21": "辽宁省",
        "22": "吉林省",
        "23": "黑龙江省",
        "31": "上海市",
        "32": "江苏省",
        "33": "浙江省",
        "34": "安徽省",
        "35": "福建省",
        "36": "江西省",
        "37": "山东省",
        "41": "河南省",
        "42": "湖北省",
        "43": "湖南省",
        "44": "广东省",
        "45": "广西壮族自治区",
        "46": "海南省",
        "50": "重庆市",
        "51": "四川省",
        "52": "贵州省",
        "53": "云南省",
        "54": "西藏自治区",
        "61": "陕西省",
        "62": "甘肃省",
        "63": "青海省",
        "64": "宁夏回族自治区",
        "65": "新疆维吾尔自治区",
        "71": "台湾省",
        "81": "香港特别行政区",
        "82": "澳门特别行政区",
    }
)
"""The first two digits of a region code, GB/T 2260."""


class Personal(StrEnum):
    """A kind of personal data: it is sealed, read for a purpose alone, and every reading is written down."""

    PHONE = "phone"
    ADDRESS = "address"
    CUSTOMER = "customer"


class Kept(StrEnum):
    """What is kept for a time and then removed by itself."""

    SESSION = "session"
    ADDRESS = "address"
    PROPOSAL = "proposal"
    READING = "reading"
    SIGNAL_LINK = "signal_link"


RETENTION: Mapping[Kept, timedelta] = MappingProxyType(
    {
        Kept.SESSION: timedelta(days=30),
        Kept.ADDRESS: timedelta(days=180),
        Kept.PROPOSAL: timedelta(days=180),
        Kept.READING: timedelta(days=1095),
        Kept.SIGNAL_LINK: timedelta(days=180),
    }
)
"""How long: a session after it ended; an address after its owner dropped it (the term of after-sales); a decided
merge proposal; a line of the record of readings (PIPL art. 56: three years); whose a signal was."""


def kept_since(kept: Kept, *, now: Instant) -> Instant:
    """The instant before which things of this kind are past their time."""
    return now.plus(-RETENTION[kept])


@dataclass(frozen=True, slots=True)
class Address:
    """Where to deliver to. `region_code` is the six digits of GB/T 2260; phone in E.164. Never logged.

    `city` and `district` are the names a carrier's waybill wants; empty where the buyer's page told none.
    """

    name: str = field(repr=False)
    phone: str = field(repr=False)
    region_code: str
    street: str = field(repr=False)
    city: str = field(default="", repr=False)
    district: str = field(default="", repr=False)

    def province(self) -> str:
        """The province's name by its code; empty for a code of none."""
        return _PROVINCES.get(self.region_code[:2], "")


@dataclass(frozen=True, slots=True)
class KeptAddress:
    """An address under its id. `dropped_at` is None while its owner uses it."""

    id: str
    member: MemberId
    address: Address
    kept_at: Instant
    dropped_at: Instant | None


@dataclass(eq=False)
class BadPhone(Refusal):
    """The text is not a phone number. It carries no field: a refusal is logged, a phone number never is."""

    code: ClassVar[str] = "bad_phone"
    zh: ClassVar[str] = "手机号格式不对,请填写 11 位手机号,或以 + 和国家代码开头的号码。"
    en: ClassVar[str] = "This is not a phone number. Enter 11 digits, or + and the country code first."


@dataclass(eq=False)
class BadAddress(Refusal):
    """A field of the address cannot be used; `what` names the field, never its content."""

    what: str
    code: ClassVar[str] = "bad_address"
    zh: ClassVar[str] = "收货地址的“{what}”不能用:姓名 1–40 字,地区为 6 位行政区划代码,街道 1–200 字。"
    en: ClassVar[str] = "The address's {what} cannot be used: name 1-40 letters, region six digits, street 1-200."


@dataclass(eq=False)
class BadCustomerNumber(Refusal):
    """The text is not a customer number. It carries no field."""

    code: ClassVar[str] = "bad_customer_number"
    zh: ClassVar[str] = "客户编号格式不对:应为 1–40 位字母、数字或 . _ / -。"
    en: ClassVar[str] = "This is not a customer number: 1 to 40 letters, digits or . _ / -"


@dataclass(eq=False)
class UnknownAddress(Refusal):
    """The member has no such address."""

    address: str
    code: ClassVar[str] = "unknown_address"
    zh: ClassVar[str] = "没有这个收货地址,请重新选择。"
    en: ClassVar[str] = "There is no such address. Choose another."


def e164(phone: str) -> str:
    """The number in E.164 (`+8613800138000`); eleven digits are taken as mainland mobile. Raises `BadPhone`."""
    bare = re.sub(r"[\s\-()]", "", phone)
    if _MAINLAND_MOBILE.fullmatch(bare):
        return f"+86{bare}"
    if not _E164.fullmatch(bare):
        raise BadPhone
    return bare


def customer_number(text: str) -> str:
    """The customer number as another system writes it, without blanks around. Raises `BadCustomerNumber`."""
    bare = text.strip()
    if not _CUSTOMER.fullmatch(bare):
        raise BadCustomerNumber
    return bare


def checked(address: Address) -> Address:
    """The address with blanks tidied and its phone in E.164. Raises `BadAddress`, `BadPhone`."""
    name, street = _tidy(address.name), _tidy(address.street)
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise BadAddress("name")
    if not _REGION_CODE.fullmatch(address.region_code):
        raise BadAddress("region_code")
    if not 1 <= len(street) <= _LONGEST_STREET:
        raise BadAddress("street")
    city, district = _tidy(address.city), _tidy(address.district)
    if len(city) > _LONGEST_NAME:
        raise BadAddress("city")
    if len(district) > _LONGEST_NAME:
        raise BadAddress("district")
    return Address(name, e164(address.phone), address.region_code, street, city, district)


def _tidy(text: str) -> str:
    if any(unicodedata.category(letter) == "Cc" for letter in text.strip()):
        return ""
    return " ".join(text.split())


def household(address: Address) -> str:
    """What two spellings of one person at one door have in common: name, region and street without marks and case."""
    text = unicodedata.normalize("NFKC", f"{address.name}|{address.region_code}|{address.street}").casefold()
    return "".join(letter for letter in text if letter.isalnum() or letter == "|")


def masked(phone: str) -> str:
    """`+86138****8000`: enough to tell two numbers apart, too little to call one."""
    return f"{phone[:6]}{_HIDDEN}{phone[-4:]}"
