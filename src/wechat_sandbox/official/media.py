"""Whether a media_id may be sent: uploaded media and materials are kept by `content`, drafts are articles."""

from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError


def check_media(state: State, appid: str, media_id: str) -> None:
    """The account has this picture, voice or video; raises `ApiError` 40007 otherwise."""
    if state.value("SELECT 1 FROM sqlite_master WHERE name = 'media'") is None:
        raise ApiError(40007)
    known = state.value(
        "SELECT 1 FROM media WHERE media_id = ? AND appid = ? AND (expires_ms IS NULL OR expires_ms > ?)",
        media_id,
        appid,
        state.now_ms,
    )
    if known is None:
        raise ApiError(40007)


def articles_of(state: State, appid: str, media_id: str) -> str:
    """The JSON of a draft's articles; raises `ApiError` 40007 when the account has no such draft."""
    articles: str | None = state.value("SELECT articles FROM drafts WHERE media_id = ? AND appid = ?", media_id, appid)
    if articles is None:
        raise ApiError(40007)
    return articles
