"""Who may use the control door: programs, and the sandbox's own page; no other page that a browser happens to show.

The door hands out secrets and needs no password, so it trusts nothing a foreign web page can send:

- a request with an `Origin` must come from the address it asks, and a post from a page must be JSON, which a
  foreign page cannot send without asking first (and asking is never answered);
- served on loopback, the `Host` must be a name of loopback: a foreign name that was pointed at 127.0.0.1
  (DNS rebinding) is refused, for reading too.

Programs send no `Origin`; no browser leaves it out of a post.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from wechat_sandbox.wire import ControlError

LOCAL_NAMES = ("localhost",)


def check_caller(method: str, headers: Mapping[str, str], *, served_at: str) -> None:
    """Nothing, for a program or our own page; `served_at` is the address the server listens on ("" when in process).

    Raises `ControlError` for a request that a foreign page may have caused.
    """
    host = headers.get("host", "")
    if _is_loopback(served_at) and not _is_loopback(_name(host)):
        raise ControlError(
            "foreign_host", f"the control door answers to 127.0.0.1 or localhost only, not to {_name(host)!r}"
        )
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        raise ControlError("foreign_page", "another web page may not use the control door")
    if headers.get("sec-fetch-site") in ("cross-site", "same-site") and headers.get("sec-fetch-mode") != "navigate":
        raise ControlError("foreign_page", "another web page may not use the control door")
    if method == "POST" and origin is not None and not _is_json(headers.get("content-type", "")):
        raise ControlError("not_json", "a page posts with content-type application/json")


def _is_json(kind: str) -> bool:
    return kind.partition(";")[0].strip().lower() == "application/json"


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    if name.lower() in LOCAL_NAMES:
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
