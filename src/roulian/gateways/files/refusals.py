"""Why a whole file cannot be read; nothing of it has been imported when one of these is raised."""

from dataclasses import dataclass

from roulian.words import Refusal


@dataclass(eq=False)
class NoSuchFile(Refusal):
    """The path leads to no file."""

    path: str
    code = "no_such_file"
    zh = "找不到文件 {path}。请检查路径。"
    en = "There is no file {path}. Check the path."


@dataclass(eq=False)
class UnknownFormat(Refusal):
    """The file is none of CSV, Excel and Parquet."""

    path: str
    code = "unknown_format"
    zh = "{path} 不是 CSV、Excel(.xlsx)或 Parquet 文件。请另存为其中一种再导入。"
    en = "{path} is not CSV, Excel (.xlsx) or Parquet. Save it as one of them and import that."


@dataclass(eq=False)
class UnknownEncoding(Refusal):
    """The text is neither UTF-8 nor GB18030; `at_byte` is where the longer reading of the two stopped."""

    path: str
    at_byte: int
    code = "unknown_encoding"
    zh = "{path} 既不是 UTF-8 也不是 GB18030 编码(第 {at_byte} 字节起读不懂)。请另存为 UTF-8 再导入。"
    en = "{path} is neither UTF-8 nor GB18030 (unreadable from byte {at_byte}). Save it as UTF-8 and import that."


@dataclass(eq=False)
class NotATable(Refusal):
    """The file holds no header, or is broken inside."""

    path: str
    what: str
    code = "not_a_table"
    zh = "{path} 不是一张可读的表:{what}"
    en = "{path} is not a readable table: {what}"


@dataclass(eq=False)
class MissingColumns(Refusal):
    """Fields an order line cannot do without have no column."""

    missing: str
    headers: str
    code = "missing_columns"
    zh = "缺少这些列:{missing}。文件里有:{headers}。请用 --mapping 文件指明,或加 --ask 逐个选择。"
    en = "No column for: {missing}. The file has: {headers}. Name them in a --mapping file, or use --ask to choose."


@dataclass(eq=False)
class MissingOfferColumns(Refusal):
    """A catalogue names a product and a SKU in every row."""

    missing: str
    headers: str
    code = "missing_offer_columns"
    zh = "缺少这些列:{missing}。文件里有:{headers}。请以 roulian export products 导出的文件为样板。"
    en = "No column for: {missing}. The file has: {headers}. Take what roulian export products writes as a pattern."


@dataclass(eq=False)
class UnknownColumn(Refusal):
    """The mapping names a column the file does not have, or a field that does not exist."""

    name: str
    headers: str
    code = "unknown_column"
    zh = "映射里写的“{name}”不存在。文件里有:{headers}。"
    en = "The mapping says “{name}”, which does not exist. The file has: {headers}."


@dataclass(eq=False)
class BadMapping(Refusal):
    """The mapping file itself cannot be used."""

    path: str
    what: str
    code = "bad_mapping"
    zh = "映射文件 {path} 有误:{what}"
    en = "The mapping file {path} is wrong: {what}"


@dataclass(eq=False)
class DayOrderUnclear(Refusal):
    """Every date in the file reads both ways, or some only one way and some only the other."""

    example: str
    code = "day_order_unclear"
    zh = "看不出“{example}”是日在前还是月在前。请加 --day-order day_first 或 month_first。"
    en = "“{example}” does not tell whether the day or the month comes first. Add --day-order day_first or month_first."
