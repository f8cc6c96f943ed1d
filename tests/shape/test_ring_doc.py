"""`docs/ring.md` names only what is there: a newcomer who looks for a function finds it."""

import ast
import re

from shape import rules
from shape.test_contracts import ROOT, SRC

TOLD = (ROOT / "docs" / "ring.md").read_text(encoding="utf-8")
STORIES = {path.stem for path in (SRC / "roulian" / "flows").glob("*.py")} - {"__init__"}
RING = SRC / "roulian" / "flows" / "ring.py"
# Deadlines and errands are named by text, in the ring itself.
KEYS = {node.value for node in ast.walk(ast.parse(RING.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)}


def names_in(room: str) -> set[str]:
    """What a flow file defines, or a stage shows on its face."""
    path = SRC / "roulian" / "flows" / f"{room}.py"
    if not path.exists():
        path = SRC / "roulian" / room / "__init__.py"
    module = rules.tree(path, path.stat().st_mtime_ns)
    defined = {node.name for node in module.body if isinstance(node, rules.Named)}
    imported = {alias.name for node in module.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    return defined | imported


def test_every_function_and_event_the_walks_name_exists() -> None:
    named = set(re.findall(r"`([a-z_]+)\.([A-Za-z_]+)`", TOLD))
    told = {
        (room, name)
        for room, name in named
        if (room in STORIES or room in rules.STAGES) and f"{room}.{name}" not in KEYS
    }

    missing = {f"{room}.{name}" for room, name in told if name not in names_in(room)}

    assert told
    assert missing == set()


def test_every_event_named_alone_is_said_by_some_stage() -> None:
    alone = set(re.findall(r"`([A-Z][a-z]+[A-Z][A-Za-z]+)`", TOLD))
    said = {
        name for stage in rules.STAGES if (SRC / "roulian" / stage / "events.py").exists() for name in events(stage)
    }

    assert alone
    assert alone <= said


def events(stage: str) -> set[str]:
    path = SRC / "roulian" / stage / "events.py"
    module = rules.tree(path, path.stat().st_mtime_ns)
    return {node.name for node in module.body if isinstance(node, ast.ClassDef)}


def test_the_documents_that_readme_and_ring_point_to_exist() -> None:
    for page in (ROOT / "README.md", ROOT / "README.zh.md", ROOT / "docs" / "ring.md"):
        links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        assert [link for link in links if not (page.parent / link).exists() and not link.endswith("console.png")] == []


def test_every_test_file_has_its_own_name() -> None:
    """Test folders are no packages, so two files of one name would hide each other."""
    files = (ROOT / "tests").rglob("test_*.py")
    names = [path.name for path in files if ".venv" not in path.parts and "node_modules" not in path.parts]

    assert sorted(names) == sorted(set(names))
