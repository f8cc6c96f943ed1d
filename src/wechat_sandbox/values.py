"""What a subscription template accepts in each field: the type is the field's name without its number.

Source: 小程序订阅消息, 参数值内容限制说明. Values are refused, never cut.
"""

import re
from collections.abc import Callable, Mapping

HAN = re.compile(r"^[\u4e00-\u9fff·]{1,10}$")
LETTERS = re.compile(r"^[A-Za-z·. ]{1,20}$")
PHRASE = re.compile(r"^[\u4e00-\u9fff]{1,5}$")
SHORT_TEXT = re.compile(r"^.{1,20}$", re.DOTALL)
NUMBER = re.compile(r"^(?=.{1,32}$)\d+(\.\d+)?$")
AMOUNT = re.compile(r"^[^\w\s]?\d{1,10}(\.\d+)?元?$")
PHONE = re.compile(r"^[\d+\-() ]{1,17}$")
ASCII_WORD = re.compile(r"^[\x21-\x7e]{1,32}$")
LETTER = re.compile(r"^[A-Za-z]{1,32}$")
SYMBOL = re.compile(r"^[^\w\s]{1,5}$")
CAR = re.compile(r"^(?=.{1,8}$)[\u4e00-\u9fff]?[A-Z0-9·]{1,7}[\u4e00-\u9fff]?$")
TIME_OF_DAY = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
DATE = r"(\d{4}年\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"
TIME = re.compile(rf"^({DATE} ?)?{TIME_OF_DAY}(~(({DATE}) ?)?{TIME_OF_DAY})?$|^{DATE}$")
DAY = re.compile(rf"^{DATE}( ?{TIME_OF_DAY})?(~{DATE}( ?{TIME_OF_DAY})?)?$")

RULES: Mapping[str, Callable[[str], bool]] = {
    "thing": lambda value: bool(SHORT_TEXT.match(value)),
    "number": lambda value: bool(NUMBER.match(value)),
    "letter": lambda value: bool(LETTER.match(value)),
    "symbol": lambda value: bool(SYMBOL.match(value)),
    "character_string": lambda value: bool(ASCII_WORD.match(value)),
    "time": lambda value: bool(TIME.match(value)),
    "date": lambda value: bool(DAY.match(value)),
    "amount": lambda value: bool(AMOUNT.match(value)),
    "phone_number": lambda value: bool(PHONE.match(value)),
    "car_number": lambda value: bool(CAR.match(value)),
    "name": lambda value: bool(HAN.match(value) or LETTERS.match(value)),
    "phrase": lambda value: bool(PHRASE.match(value)),
    "const": lambda value: bool(SHORT_TEXT.match(value)),
    "enum": lambda value: bool(SHORT_TEXT.match(value)),
}


def fits(field: str, value: str) -> bool:
    """Whether WeChat takes `value` in the template field `field` (`thing1`, `amount3`, …)."""
    rule = RULES.get(field.rstrip("0123456789"))
    return rule is not None and rule(value)
