"""What people received: every message, card and notice, in the order it appeared on their phones."""

from collections.abc import Mapping

import msgspec

from wechat_sandbox.state import State


def deliver(
    state: State,
    *,
    appid: str,
    openid: str,
    person: str,
    kind: str,
    template_id: str = "",
    page: str = "",
    content: Mapping[str, object],
) -> int:
    """The id of the message that is now on the person's phone."""
    cursor = state.run(
        "INSERT INTO messages (at_ms, appid, openid, person, kind, template_id, page, content)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        state.now_ms,
        appid,
        openid,
        person,
        kind,
        template_id,
        page,
        msgspec.json.encode(content).decode(),
    )
    return cursor.lastrowid or 0
