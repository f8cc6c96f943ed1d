"""What the console and WeChat's reviewers have decided about a mini-program: its pages, and what it may not do."""

from enum import StrEnum

from wechat_sandbox.state import State


class Flag(StrEnum):
    """One thing that is not as it is for a published mini-program in good standing."""

    UNPUBLISHED = "unpublished"
    NO_LINKS = "no_links"
    LINKS_BANNED = "links_banned"
    NO_SHORT_LINKS = "no_short_links"
    NO_CONTENT_CHECKS = "no_content_checks"
    TEMPLATES_BANNED = "templates_banned"


def is_set(state: State, appid: str, flag: Flag) -> bool:
    """Whether the flag stands for this mini-program."""
    return state.value("SELECT 1 FROM mini_program_flags WHERE appid = ? AND flag = ?", appid, flag) is not None


def set_flags(state: State, appid: str, flags: tuple[Flag, ...]) -> None:
    """These flags stand from now on, and no others."""
    state.run("DELETE FROM mini_program_flags WHERE appid = ?", appid)
    state.run_many("INSERT OR IGNORE INTO mini_program_flags VALUES (?, ?)", [(appid, flag) for flag in flags])


def set_pages(state: State, appid: str, pages: tuple[str, ...]) -> None:
    """The published version has these pages (`pages/index/index`); none: any page is taken for one."""
    state.run("DELETE FROM pages WHERE appid = ?", appid)
    state.run_many("INSERT OR IGNORE INTO pages VALUES (?, ?)", [(appid, page.lstrip("/")) for page in pages])


def has_page(state: State, appid: str, page: str) -> bool:
    """Whether the published version has this page; the empty one is the home page."""
    if not page:
        return True
    if state.value("SELECT 1 FROM pages WHERE appid = ? AND page = ?", appid, page.lstrip("/")):
        return True
    return state.value("SELECT 1 FROM pages WHERE appid = ?", appid) is None
