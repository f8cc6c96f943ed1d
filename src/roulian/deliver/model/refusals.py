"""What `deliver` says no to."""

from dataclasses import dataclass
from typing import ClassVar

from roulian.words.errors import Refusal


@dataclass(eq=False)
class UnknownWaybill(Refusal):
    """No parcel travels under this number."""

    waybill: str
    code: ClassVar[str] = "unknown_waybill"
    zh: ClassVar[str] = "没有运单 {waybill},请核对运单号。"
    en: ClassVar[str] = "No parcel travels under {waybill}. Check the waybill number."


@dataclass(eq=False)
class UnknownShipment(Refusal):
    """No parcel has this id."""

    shipment: str
    code: ClassVar[str] = "unknown_shipment"
    zh: ClassVar[str] = "没有包裹 {shipment},请刷新列表。"
    en: ClassVar[str] = "There is no parcel {shipment}. Refresh the list."


@dataclass(eq=False)
class UnknownCarrier(Refusal):
    """No carrier account has this name."""

    account: str
    code: ClassVar[str] = "unknown_carrier"
    zh: ClassVar[str] = "没有快递账号 {account},请先在发货设置里添加。"
    en: ClassVar[str] = "There is no carrier account {account}. Add it in the shipping settings first."


@dataclass(eq=False)
class BadCarrier(Refusal):
    """A field of the carrier account cannot be."""

    field: str
    code: ClassVar[str] = "bad_carrier"
    zh: ClassVar[str] = "快递账号的 {field} 不对:文字须为 1–128 字,数字须为正数。请照微信物流助手后台填写。"
    en: ClassVar[str] = (
        "The carrier account's {field} is wrong: texts have 1 to 128 letters, numbers are positive."
        " Enter what the logistics assistant's back office shows."
    )


@dataclass(eq=False)
class BadSite(Refusal):
    """A field of the site cannot be."""

    field: str
    code: ClassVar[str] = "bad_site"
    zh: ClassVar[str] = "网点的 {field} 不对:文字须为 1–128 字,自提保留 0–60 天,取货码可试 1–20 次。"
    en: ClassVar[str] = "The site's {field} is wrong: texts have 1 to 128 letters, hold_days is 0 to 60, tries 1 to 20."


@dataclass(eq=False)
class UnknownSite(Refusal):
    """The place has no address."""

    place: str
    code: ClassVar[str] = "unknown_site"
    zh: ClassVar[str] = "库位 {place} 没有地址,请先在发货设置里填写。"
    en: ClassVar[str] = "Place {place} has no address. Enter one in the shipping settings first."


@dataclass(eq=False)
class NoPickUpThere(Refusal):
    """Nothing is collected at this place."""

    place: str
    code: ClassVar[str] = "no_pick_up_there"
    zh: ClassVar[str] = "{place} 不支持自提,请另选门店或改为快递。"
    en: ClassVar[str] = "Nothing is collected at {place}. Choose another shop, or delivery."


@dataclass(eq=False)
class PackedAlready(Refusal):
    """The goods are packed, so where they go cannot change."""

    order: str
    code: ClassVar[str] = "packed_already"
    zh: ClassVar[str] = "订单 {order} 已开始发货,不能再改收货方式;请联系客服。"
    en: ClassVar[str] = "Order {order} is being shipped; where it goes cannot change any more. Ask customer care."


@dataclass(eq=False)
class NotNow(Refusal):
    """The parcel is not where this can be done to it."""

    shipment: str
    status: str
    code: ClassVar[str] = "shipment_not_now"
    zh: ClassVar[str] = "包裹 {shipment} 当前状态为 {status},不能做这一步,请刷新后再看。"
    en: ClassVar[str] = "Parcel {shipment} is {status}, so this cannot be done now. Refresh and look again."


@dataclass(eq=False)
class LabelNotNow(Refusal):
    """The waybill is not where this can be done to it."""

    shipment: str
    label: str
    code: ClassVar[str] = "label_not_now"
    zh: ClassVar[str] = "包裹 {shipment} 的运单状态为 {label},不能做这一步;等待中的请稍候,已出单的请先取消。"
    en: ClassVar[str] = "The waybill of {shipment} is {label}: wait for an answer, or cancel the one that is made."


@dataclass(eq=False)
class WaybillTaken(Refusal):
    """Another parcel travels under this number."""

    waybill: str
    code: ClassVar[str] = "waybill_taken"
    zh: ClassVar[str] = "运单号 {waybill} 已用于另一个包裹,请核对后重填。"
    en: ClassVar[str] = "Another parcel travels under {waybill}. Check the number."


@dataclass(eq=False)
class BadWaybill(Refusal):
    """A carrier's code and a number of 1 to 128 bytes without blanks are needed (WeChat, `tracking_no`)."""

    code: ClassVar[str] = "bad_waybill"
    zh: ClassVar[str] = "请填写快递公司编码和运单号(不含空格,各不超过 128 字节)。"
    en: ClassVar[str] = "Enter the carrier's code and a waybill number without blanks, at most 128 bytes each."


@dataclass(eq=False)
class NothingReady(Refusal):
    """Nothing of the order stands ready to leave."""

    order: str
    code: ClassVar[str] = "nothing_ready"
    zh: ClassVar[str] = "订单 {order} 没有可先发的货:未付款、已发完,或货还没到。"
    en: ClassVar[str] = "Nothing of order {order} can leave now: it is unpaid, all gone, or its goods are not in yet."


@dataclass(eq=False)
class TooManyParcels(Refusal):
    """WeChat takes so many parcels for one order."""

    order: str
    most: int
    code: ClassVar[str] = "too_many_parcels"
    zh: ClassVar[str] = "订单 {order} 最多分 {most} 个包裹,请等货齐后一起发出。"
    en: ClassVar[str] = "Order {order} may have {most} parcels at most. Wait until the rest can leave together."


@dataclass(eq=False)
class WrongPickUpCode(Refusal):
    """The code is not this parcel's."""

    tries_left: int
    code: ClassVar[str] = "wrong_pick_up_code"
    zh: ClassVar[str] = "取货码不对,还可以试 {tries_left} 次;请让顾客打开订单页核对。"
    en: ClassVar[str] = "This is not the code. {tries_left} tries are left; ask the buyer to open the order page."


@dataclass(eq=False)
class PickUpLocked(Refusal):
    """The code was tried too often."""

    shipment: str
    code: ClassVar[str] = "pick_up_locked"
    zh: ClassVar[str] = "取货码试错次数过多,包裹 {shipment} 已锁定;核对身份后请换发新的取货码。"
    en: ClassVar[str] = "The code of {shipment} was tried too often. Check who it is, then give out a new code."
