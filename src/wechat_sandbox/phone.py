"""What is on people's phones: every message, card and notice they received, and what they said themselves."""

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


def note_saying(state: State, *, appid: str, person: str, content: Mapping[str, object]) -> None:
    """The person's own message stays in the chat with the account."""
    state.run(
        "INSERT INTO sayings (at_ms, appid, person, content) VALUES (?, ?, ?, ?)",
        state.now_ms,
        appid,
        person,
        msgspec.json.encode(content).decode(),
    )
