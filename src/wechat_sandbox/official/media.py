"""Whether a media_id may be sent: uploaded media and materials are kept by `content`, drafts are articles."""

from wechat_sandbox.content.files import MediaKind
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError

PICTURE = (MediaKind.IMAGE,)
COVER = (MediaKind.THUMB, MediaKind.IMAGE)
VOICE = (MediaKind.VOICE,)
VIDEO = (MediaKind.VIDEO,)


def check_media(state: State, appid: str, media_id: str, kinds: tuple[MediaKind, ...]) -> None:
    """The account has this media, of one of these kinds, still; raises `ApiError` 40007 otherwise."""
    kind = state.value(
        "SELECT kind FROM media WHERE media_id = ? AND appid = ? AND (expires_ms IS NULL OR expires_ms > ?)",
        media_id,
        appid,
        state.now_ms,
    )
    if kind not in kinds:
        raise ApiError(40007)


def articles_of(state: State, appid: str, media_id: str) -> str:
    """The JSON of a draft's articles; raises `ApiError` 40007 when the account has no such draft."""
    articles: str | None = state.value("SELECT articles FROM drafts WHERE media_id = ? AND appid = ?", media_id, appid)
    if articles is None:
        raise ApiError(40007)
    return articles
