"""What a subscription template accepts in each field: the type is the field's name without its number.

Source: 小程序订阅消息, 参数值内容限制说明. Values are refused, never cut.
"""

import re
from collections.abc import Mapping, Sequence

LATIN_NAME = r"[A-Za-z·.'\- ]{1,20}"
CHINESE_NAME = r"(?=.*[\u4e00-\u9fff])[\u4e00-\u9fffA-Za-z·. ]{1,10}"
SYMBOL = r"(?:[^\w\s]|_)"
TIME_OF_DAY = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
MONTH, DAY_OF_MONTH = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
DATE = rf"(?:\d{{4}}年{MONTH}月{DAY_OF_MONTH}日|\d{{4}}[-/.]{MONTH}[-/.]{DAY_OF_MONTH})"
MOMENT = rf"(?:{DATE} ?)?{TIME_OF_DAY}"
DAY = rf"{DATE}(?: ?{TIME_OF_DAY})?"

RULES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.DOTALL)
    for name, pattern in {
        "thing": r".{1,20}",
        "number": r"(?=.{1,32}$)\d+(?:\.\d+)?",
        "letter": r"[A-Za-z]{1,32}",
        "symbol": SYMBOL + "{1,5}",
        "character_string": r"[\x21-\x7e]{1,32}",
        "time": rf"{MOMENT}(?:~{MOMENT})?|{DATE}",
        "date": rf"{DAY}(?:~{DAY})?",
        "amount": SYMBOL + r"?\d{1,10}(?:\.\d+)?元?",
        "phone_number": r"[\d+\-() ]{1,17}",
        "car_number": r"(?=.{1,8}$)[\u4e00-\u9fff]?[A-Za-z0-9·]{1,7}[\u4e00-\u9fff]?",
        "name": rf"{CHINESE_NAME}|{LATIN_NAME}",
        "phrase": r"[\u4e00-\u9fff]{1,5}",
        "const": r".{1,20}",
        "enum": r".{1,20}",
    }.items()
}


def fits(field: str, value: str) -> bool:
    """Whether WeChat takes `value` in the template field `field` (`thing1`, `amount3`, …)."""
    rule = RULES.get(field.rstrip("0123456789"))
    return rule is not None and rule.fullmatch(value) is not None


def complaint(fields: Sequence[str], values: Mapping[str, str]) -> str:
    """What WeChat says of the first of the template's fields that is empty or unfit (47003); empty when all fit."""
    for name in fields:
        if not values.get(name):
            return f"argument invalid! data.{name}.value is empty"
        if not fits(name, values[name]):
            return f"argument invalid! data.{name}.value invalid"
    return ""
