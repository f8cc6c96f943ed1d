"""Writes docs/sandbox-clients.md from a walk of every client: `make sandbox-clients`. A test holds the page to a walk."""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2] / "src")]

from conformance.clients import Call, Client, Verdict, Walked, walk_all
from conformance.outside import reason

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sandbox-clients.md"
MARKS = {
    Verdict.PASSES: "✓",
    Verdict.LOCAL: "✓ local",
    Verdict.NOT_SERVED: "–",
    Verdict.OWN_FAULT: "own fault",
    Verdict.FAILS: "✗",
}
HEAD = """# Real clients at the sandbox

Written by `make sandbox-clients`, which walks every client below through a sandbox that is served alone; a test walks them
again and fails when this page is not what happened. No client is changed: Python clients go through the proxy door by
`HTTPS_PROXY` and `REQUESTS_CA_BUNDLE` or `SSL_CERT_FILE`, Node clients by `NODE_EXTRA_CA_CERTS` and `node -r preload.cjs`.

Every public call of a client is made. ✓ it did its work; ✓ local: it needs no server; –: it asks for an API that the
sandbox does not serve; own fault: the client cannot make the call. What a call asks for is taken from the sandbox's log.
Not walked: wechatpy's WeCom (企业微信) and Pay v2, which are other products.
"""


def page(walks: Mapping[Client, Walked]) -> str:
    """The whole page, in Markdown."""
    families = dict.fromkeys(client.family for client in walks)
    parts = [HEAD, *_summary(walks)]
    for family in families:
        columns = {client: walked for client, walked in walks.items() if client.family == family}
        parts += ["", f"## {family}", "", *_family(columns)]
    return "\n".join(parts) + "\n"


def _summary(walks: Mapping[Client, Walked]) -> Iterator[str]:
    yield "| Client | passes | local | not served | own fault |"
    yield "|---|---:|---:|---:|---:|"
    for client, walked in walks.items():
        count = Counter(call.verdict for call in walked.calls.values())
        numbers = " | ".join(
            str(count[v]) for v in (Verdict.PASSES, Verdict.LOCAL, Verdict.NOT_SERVED, Verdict.OWN_FAULT)
        )
        yield f"| {client.name} | {numbers} |"


def _family(columns: Mapping[Client, Walked]) -> Iterator[str]:
    names = sorted({name for walked in columns.values() for name in walked.calls})
    rows = {name: [walked.calls.get(name) for walked in columns.values()] for name in names}
    shown = {name: calls for name, calls in rows.items() if not _is_outside(calls)}
    yield f"| Call | asks for | {' | '.join(client.title for client in columns)} |"
    yield f"|---|---|{':-:|' * len(columns)}"
    for name, calls in shown.items():
        asked = dict.fromkeys(one for call in calls if call is not None for one in call.asked)
        marks = " | ".join("" if call is None else MARKS[call.verdict] for call in calls)
        yield f"| {name} | {'<br>'.join(f'`{one}`' for one in asked)} | {marks} |"
    faults = dict.fromkeys(
        (call.name, call.why) for calls in rows.values() for call in calls if call is not None and call.why
    )
    if faults:
        yield from ("", "Own faults:", "", *(f"- {name}: {why}" for name, why in faults))
    outside = {name: calls for name, calls in rows.items() if name not in shown}
    if outside:
        yield from ("", "Not served:", "", *_outside(outside))


def _is_outside(calls: Sequence[Call | None]) -> bool:
    return all(call is None or call.verdict is Verdict.NOT_SERVED for call in calls)


def _outside(rows: Mapping[str, Sequence[Call | None]]) -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    for name, calls in rows.items():
        asked = next(call.asked[0] for call in calls if call is not None)
        by_reason.setdefault(reason(asked.partition(" ")[2]), []).append(name)
    for why in sorted(by_reason):
        yield f"- {why}: {', '.join(by_reason[why])}"


def main() -> int:
    """0 when the page is written, 1 when a call failed; the page then tells which."""
    with tempfile.TemporaryDirectory() as room:
        walks = walk_all(Path(room) / "keys")
    PAGE.write_text(page(walks), encoding="utf-8")
    failed = [
        (client.name, call)
        for client, walked in walks.items()
        for call in walked.calls.values()
        if call.verdict is Verdict.FAILS
    ]
    for name, call in failed:
        print(f"{name}: {call.name} {', '.join(call.asked)}: {call.why}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
