"""`docs/words.md` names every event and every status of the code, and nothing that is not there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from shape import rules
from shape.test_contracts import ROOT, SRC

WORDS = ROOT / "docs" / "words.md"
# Reasons carry their own sentences in both languages; the others are not seen by people.
NOT_STATUSES = frozenset({"decide.ReasonCode", "store.Mark", "tell.Kind", "learn.Unit"})


def classes(room: str, base: str) -> Iterator[tuple[Path, ast.ClassDef]]:
    for path, module in rules.modules(SRC / "roulian" / room):
        for node in module.body:
            if isinstance(node, ast.ClassDef) and any(ast.unparse(each) == base for each in node.bases):
                yield path, node


def events() -> set[str]:
    return {f"{stage}.{node.name}" for stage in rules.STAGES for _, node in classes(stage, "Event")}


def statuses() -> dict[str, set[str]]:
    return {
        name: {
            each.value.value
            for each in node.body
            if isinstance(each, ast.Assign)
            and isinstance(each.value, ast.Constant)
            and isinstance(each.value.value, str)
        }
        for room in (*rules.STAGES, "store")
        for _, node in classes(room, "StrEnum")
        if (name := f"{room}.{node.name}") not in NOT_STATUSES
    }


def section(text: str, heading: str) -> str:
    return text.partition(f"\n## {heading}")[2].partition("\n## ")[0]


def first_cells(text: str) -> set[str]:
    return set(re.findall(r"^\| `([^`]+)` \|", text, flags=re.MULTILINE))


def test_every_event_has_its_word_and_every_word_its_event() -> None:
    text = WORDS.read_text(encoding="utf-8")

    assert first_cells(section(text, "Events")) == events()


def test_every_status_has_its_word_and_every_word_its_status() -> None:
    told = section(WORDS.read_text(encoding="utf-8"), "Statuses and kinds")

    parts = re.split(r"^### `([^`]+)`.*$", told, flags=re.MULTILINE)[1:]
    written = {name: first_cells(table) for name, table in zip(parts[::2], parts[1::2], strict=True)}

    assert written == statuses()


def test_every_word_has_both_languages() -> None:
    rows = [line for line in WORDS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]

    silent = [row for row in rows if not re.search(r"\| [^|]*[\u4e00-\u9fff][^|]* \| [^|]*[A-Za-z]", row)]

    assert silent == []
