"""What cannot be made, and what to change: every refusal of a choice names its field."""

from dataclasses import dataclass
from typing import ClassVar

from roulian.words.errors import Refusal


@dataclass(eq=False)
class UnknownChoice(Refusal):
    """The design has no such field, or the field no such value."""

    field: str
    given: str
    known: str
    code: ClassVar[str] = "unknown_choice"
    zh: ClassVar[str] = "“{field}”没有“{given}”,可选:{known}。"
    en: ClassVar[str] = "“{field}” has no “{given}”. Choose one of: {known}."


@dataclass(eq=False)
class ChoiceMissing(Refusal):
    """A field that must be filled is not."""

    field: str
    known: str
    code: ClassVar[str] = "choice_missing"
    zh: ClassVar[str] = "请填写“{field}”:{known}。"
    en: ClassVar[str] = "Fill in “{field}”: {known}."


@dataclass(eq=False)
class MeasureOutOfRange(Refusal):
    """A length nobody has, or that cannot be made."""

    field: str
    given_cm: str
    least_cm: str
    most_cm: str
    code: ClassVar[str] = "measure_out_of_range"
    zh: ClassVar[str] = "“{field}”是 {given_cm} 厘米,可做 {least_cm} 至 {most_cm} 厘米,请重新测量。"
    en: ClassVar[str] = "“{field}” is {given_cm} cm; {least_cm} to {most_cm} cm can be made. Measure again."


@dataclass(eq=False)
class BadLettering(Refusal):
    """A text is too long, or holds what no needle can write."""

    field: str
    letters: int
    most: int
    code: ClassVar[str] = "bad_lettering"
    zh: ClassVar[str] = "“{field}”有 {letters} 个字,最多 {most} 个,且只能是一行可打印的文字,请修改。"
    en: ClassVar[str] = "“{field}” has {letters} letters. Write at most {most}, on one line, printable."


@dataclass(eq=False)
class ChoicesConflict(Refusal):
    """Two choices do not go together; the rule that says so is told."""

    field: str
    other: str
    why_zh: str
    why_en: str
    code: ClassVar[str] = "choices_conflict"
    zh: ClassVar[str] = "“{field}”与“{other}”不能这样搭配:{why_zh}"
    en: ClassVar[str] = "“{field}” and “{other}” do not go together so: {why_en}"


@dataclass(eq=False)
class BadDesign(Refusal):
    """A design by which something could not be made or priced."""

    field: str
    why_zh: str
    why_en: str
    code: ClassVar[str] = "bad_design"
    zh: ClassVar[str] = "定制方案的 {field} 不对:{why_zh}"
    en: ClassVar[str] = "The design's {field} is wrong. {why_en}"


@dataclass(eq=False)
class DesignChanged(Refusal):
    """Somebody else changed the design since it was read."""

    product: str
    code: ClassVar[str] = "design_changed"
    zh: ClassVar[str] = "商品 {product} 的定制方案刚被别人修改过。请刷新后再改。"
    en: ClassVar[str] = "Somebody changed the design of {product} meanwhile. Reload it and change it again."


@dataclass(eq=False)
class NotTailored(Refusal):
    """The product is not made to measure."""

    product: str
    code: ClassVar[str] = "not_tailored"
    zh: ClassVar[str] = "商品 {product} 不提供定制,请选择现有规格。"
    en: ClassVar[str] = "{product} is not made to measure. Choose one of its options."


@dataclass(eq=False)
class RequestNotFound(Refusal):
    """No request has this id (or this member has none)."""

    request: str
    code: ClassVar[str] = "request_not_found"
    zh: ClassVar[str] = "没有定制申请 {request},请重新提交。"
    en: ClassVar[str] = "There is no request {request}. Send it again."


@dataclass(eq=False)
class NotHeld(Refusal):
    """The request has been judged otherwise already."""

    request: str
    standing: str
    code: ClassVar[str] = "not_held"
    zh: ClassVar[str] = "定制申请 {request} 已是 {standing},不能再改判。"
    en: ClassVar[str] = "Request {request} is {standing} already and cannot be judged anew."


@dataclass(eq=False)
class TextRefused(Refusal):
    """Content security does not let the text pass."""

    request: str
    code: ClassVar[str] = "text_refused"
    zh: ClassVar[str] = "定制文字未通过内容安全检查,请换一段文字再提交。"
    en: ClassVar[str] = "The text did not pass content security. Choose another one and send it again."
