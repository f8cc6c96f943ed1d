"""Questions about who follows and who may be answered now."""

from collections.abc import Mapping

from roulian.store import Tx
from roulian.tell.model import Follow, Opener, OpenWindow
from roulian.tell.tables import contacts as tables
from roulian.words.ids import MemberId
from roulian.words.time import Instant


def windows(tx: Tx, member: MemberId) -> tuple[OpenWindow, ...]:
    """The member's windows whose time is not over, by account, the one that closes first first."""
    rows = tx.rows(tables.WINDOWS_OF, member=member, now=tx.now.ms)
    return tuple(OpenWindow(account, Opener(opener), Instant(closes), left) for account, opener, closes, left in rows)


def follows(tx: Tx, member: MemberId) -> Mapping[str, Follow]:
    """How the member stands to each official account that ever heard of them, by appid."""
    return {account: Follow(follow) for account, follow in tx.rows(tables.FOLLOWS_OF, member=member)}


def window_counts(tx: Tx) -> Mapping[str, int]:
    """How many members each account may answer now, by appid; accounts with none are absent."""
    return dict(tx.rows(tables.WINDOW_COUNTS, now=tx.now.ms))


def follow_counts(tx: Tx) -> Mapping[str, Mapping[Follow, int]]:
    """How many members follow, left or are blocked, by appid; accounts with none are absent."""
    found: dict[str, dict[Follow, int]] = {}
    for account, follow, count in tx.rows(tables.FOLLOW_COUNTS):
        found.setdefault(account, dict.fromkeys(Follow, 0))[Follow(follow)] = count
    return found
