"""The few pages that people see: a title, a line of text, and the links they may tap."""

from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

from wechat_sandbox.wire import Reply

HTML = ("content-type", "text/html; charset=utf-8")


def page(title: str, text: str, links: Iterable[tuple[str, str]] = ()) -> Reply:
    """A page with these links, each a pair of what is read and where it leads."""
    items = "".join(f'<li><a href="{escape(target)}">{escape(label)}</a></li>' for label, target in links)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    body = f"<h1>{escape(title)}</h1><p>{escape(text)}</p><ul>{items}</ul>"
    return Reply(
        200, f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>'.encode(), (HTML,)
    )


def domain_of(url: str) -> str:
    """The domain of a web address, port included; empty for what a browser would not go to."""
    try:
        address = urlsplit(url)
    except ValueError:
        return ""
    is_web = address.scheme in ("http", "https") and url.isprintable() and " " not in url
    return address.netloc if is_web else ""


def redirect(target: str) -> Reply:
    """The phone goes on to `target`."""
    return Reply(302, b"", (("location", target),))


def with_query(url: str, query: str) -> str:
    """The address with more query, before its fragment."""
    address, mark, fragment = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{query}{mark}{fragment}"
