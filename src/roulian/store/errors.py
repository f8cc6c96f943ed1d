"""How the store fails: a full disk is a refusal that says what to do, a broken constraint is a bug."""

from dataclasses import dataclass

from roulian.words import Bug, Refusal


@dataclass(eq=False)
class DiskFull(Refusal):
    """The disk has no room for this change; everything acknowledged before is kept."""

    code = "disk_full"
    zh = "磁盘已满或不可写,这次修改没有保存;之前已确认的都在。请清理磁盘空间后重试。"
    en = "The disk is full or not writable, so this change was not saved; everything confirmed before is kept. Free some space and try again."


@dataclass(eq=False)
class NothingStuck(Refusal):
    """There is no stuck delivery, deadline or job of this id to try again."""

    id: str

    code = "nothing_stuck"
    zh = "没有编号为 {id} 的卡住事项;它可能已经重试成功,请刷新列表。"
    en = "Nothing is stuck under {id}; it may already have been retried. Refresh the list."


class Violated(Bug):
    """A UNIQUE, CHECK or NOT NULL constraint stopped a write that no rule had refused before."""
