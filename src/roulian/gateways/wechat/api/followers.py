"""Who follows an official account, and the tags by which they are written to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from roulian.gateways.wechat.line import Answer, Line
from roulian.words.time import Instant

FOLLOWERS_PER_CALL = 100
OPENIDS_PER_TAGGING = 50


@dataclass(frozen=True, slots=True)
class Follower:
    """A person as an official account sees them; WeChat has given no name or picture since 2021-12-27.

    `scene` says how they came (`subscribe_scene`), `qr_scene` which code they scanned. Who no longer follows is only an
    openid. `unionid` is None unless the account hangs on an open-platform account.
    """

    openid: str
    unionid: str | None
    is_following: bool
    tags: frozenset[int]
    scene: str
    qr_scene: str
    followed_at: Instant | None


class _User(Answer):
    subscribe: int = 0
    openid: str = ""
    unionid: str = ""
    subscribe_time: int = 0
    subscribe_scene: str = ""
    qr_scene_str: str = ""
    tagid_list: list[int] = msgspec.field(default_factory=list)


class _Users(Answer):
    user_info_list: list[_User] = msgspec.field(default_factory=list)


class _Openids(msgspec.Struct):
    openid: list[str] = msgspec.field(default_factory=list)


class _Page(Answer):
    data: _Openids = msgspec.field(default_factory=_Openids)
    next_openid: str = ""


class _Tag(msgspec.Struct):
    id: int
    name: str


class _NewTag(Answer):
    tag: _Tag = msgspec.field(default_factory=lambda: _Tag(0, ""))


class _Tags(Answer):
    tags: list[_Tag] = msgspec.field(default_factory=list)


class FollowersApi:
    """Followers of an official account."""

    def __init__(self, line: Line) -> None:
        """Ask over `line`."""
        self._line = line

    async def followers(self, appid: str, openids: Sequence[str]) -> tuple[Follower, ...]:
        """What WeChat tells of these people, `FOLLOWERS_PER_CALL` at most. Refused 40003."""
        body = {"user_list": [{"openid": openid, "lang": "zh_CN"} for openid in openids]}
        answer = await self._line.post(appid, "/cgi-bin/user/info/batchget", body, _Users, is_repeatable=True)
        return tuple(_follower(user) for user in answer.user_info_list)

    async def openids(self, appid: str, *, after: str = "") -> tuple[tuple[str, ...], str]:
        """Up to 10,000 followers, and the `after` of the next page; empty on the last one."""
        answer = await self._line.get(appid, "/cgi-bin/user/get", {"next_openid": after}, _Page)
        found = tuple(answer.data.openid)
        return found, answer.next_openid if found else ""

    async def tags(self, appid: str) -> Mapping[str, int]:
        """Every tag's id by its name."""
        return {tag.name: tag.id for tag in (await self._line.get(appid, "/cgi-bin/tags/get", {}, _Tags)).tags}

    async def create_tag(self, appid: str, name: str) -> int:
        """The id of a new tag. Refused 45157 (known name), 45158 (too long), 45056 (a hundred already)."""
        body = {"tag": {"name": name}}
        return (await self._line.post(appid, "/cgi-bin/tags/create", body, _NewTag, is_repeatable=False)).tag.id

    async def tag(self, appid: str, tag: int, openids: Sequence[str]) -> None:
        """These followers bear the tag, `OPENIDS_PER_TAGGING` at most. Refused 45159 (no such tag), 40003."""
        body = {"tagid": tag, "openid_list": list(openids)}
        await self._line.post(appid, "/cgi-bin/tags/members/batchtagging", body, Answer, is_repeatable=True)

    async def untag(self, appid: str, tag: int, openids: Sequence[str]) -> None:
        """These followers no longer bear the tag. Refused 45159, 40003."""
        body = {"tagid": tag, "openid_list": list(openids)}
        await self._line.post(appid, "/cgi-bin/tags/members/batchuntagging", body, Answer, is_repeatable=True)


def _follower(user: _User) -> Follower:
    return Follower(
        openid=user.openid,
        unionid=user.unionid or None,
        is_following=user.subscribe == 1,
        tags=frozenset(user.tagid_list),
        scene=user.subscribe_scene,
        qr_scene=user.qr_scene_str,
        followed_at=Instant(user.subscribe_time * 1000) if user.subscribe_time else None,
    )
