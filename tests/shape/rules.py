"""What imports cannot show, read from the syntax trees: one function per rule, each a list of sentences that accuse.

A rule takes the `src` folder and says `path:line: what is wrong`; an empty list means the house is in shape.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

STAGES = (
    "people",
    "sense",
    "predict",
    "decide",
    "sell",
    "stock",
    "make",
    "deliver",
    "tell",
    "learn",
    "tailor",
    "offers",
    "returns",
    "books",
    "connect",
)
MOST_FUNCTION_LINES = 40
MOST_FILE_LINES = 400
MOST_FACE_VERBS = 25

_ARITHMETIC_CALLS = frozenset({"sum", "abs", "round", "divmod", "pow"})
_ARITHMETIC_MODULES = frozenset({"math", "operator", "numpy", "statistics", "decimal", "fractions"})
# Reading a packaged file or the version imports nothing.
_HIDDEN_IMPORTS = re.compile(r"(importlib(?!\.(resources|metadata)\b)|imp|runpy|pkgutil)\b")
# A seeded generator is handed through flows to those who compute with it.
_CHANCE = "numpy.random"
_HIDDEN_CALLS = frozenset({"__import__", "exec", "eval", "compile"})
# Revisions of the schema are its history, written by a tool for all rooms at once.
_REVISIONS = "migrations/versions/r"
_VAGUE = re.compile(r"(Manager|Service|Helper|Utils?)$|^(utils?|common|helpers?|data|info)$|^handle_")

Functions = ast.FunctionDef | ast.AsyncFunctionDef
Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def tree(path: Path, _mtime_ns: int) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def modules(root: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(each for each in root.rglob("*.py") if _REVISIONS not in each.as_posix()):
        yield path, tree(path, path.stat().st_mtime_ns)


def stage_of(path: Path, src: Path) -> str | None:
    parts = path.relative_to(src).parts
    return parts[1] if parts[0] == "roulian" and len(parts) > 2 and parts[1] in STAGES else None


def at(path: Path, src: Path, node: ast.AST, what: str) -> str:
    return f"{path.relative_to(src)}:{getattr(node, 'lineno', 1)}: {what}"


def docstrings(module: ast.Module) -> set[int]:
    """The ids of constant nodes that are docstrings."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }


def table_names(src: Path) -> dict[str, str]:
    """Every table the house declares, and the room that declares it."""
    found: dict[str, str] = {}
    for path, module in modules(src / "roulian"):
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and _called(node) == "Table" and node.args:
                name = node.args[0]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    found[name.value] = path.relative_to(src / "roulian").parts[0]
    return found


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def tables_stay_home(src: Path) -> list[str]:
    """No SQL text and no table name of one stage in another room; a stage's tables bear its name."""
    tables = table_names(src)
    wrong = [
        f"roulian/{room}: table {name} does not begin with {room}_"
        for name, room in tables.items()
        if not name.startswith(f"{room}_")
    ]
    names = re.compile(r"\b(" + "|".join(map(re.escape, sorted(tables, key=len, reverse=True))) + r")\b")
    for path, module in modules(src / "roulian"):
        room = path.relative_to(src / "roulian").parts[0]
        told = docstrings(module)
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
                strangers = {name for name in names.findall(node.value) if tables[name] != room}
                wrong += [at(path, src, node, f"touches {name}, a table of {tables[name]}") for name in strangers]
    return wrong


def no_foreign_key_leaves_a_stage(src: Path) -> list[str]:
    wrong = []
    for path, module in modules(src / "roulian"):
        stage = stage_of(path, src)
        for node in ast.walk(module):
            if not (isinstance(node, ast.Call) and _called(node) in {"ForeignKey", "ForeignKeyConstraint"}):
                continue
            targets = [c.value for c in ast.walk(node) if isinstance(c, ast.Constant) and isinstance(c.value, str)]
            leaving = [t for t in targets if "." in t and not t.startswith(f"{stage or 'store'}_")]
            wrong += [at(path, src, node, f"a foreign key leaves the stage: {target}") for target in leaving]
    return wrong


def nothing_is_imported_in_hiding(src: Path) -> list[str]:
    wrong = []
    for path, module in modules(src):
        for node in ast.walk(module):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            wrong += [at(path, src, node, f"imports {name}") for name in names if _HIDDEN_IMPORTS.match(name)]
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _HIDDEN_CALLS:
                wrong.append(at(path, src, node, f"calls {node.func.id}"))
    return wrong


def flows_hold_no_rule(src: Path) -> list[str]:
    """In `flows`: no arithmetic, and no comparison but with None or with nothing.

    A literal -1, the algebra of sets and "is it there?" are no rules; membership in a list written on the spot is.
    """
    wrong = []
    for path, module in modules(src / "roulian" / "flows"):
        unions = _annotation_nodes(module)
        for node in ast.walk(module):
            if id(node) in unions or _is_harmless(node):
                continue
            if accusation := _rule_in(node):
                wrong.append(at(path, src, node, accusation))
    return wrong


def _annotation_nodes(module: ast.Module) -> set[int]:
    """Nodes inside annotations and `isinstance`, where `|` joins types."""
    roots: list[ast.AST | None] = []
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                roots.append(node.returns)
            case ast.arg() | ast.AnnAssign():
                roots.append(node.annotation)
            case ast.Call(func=ast.Name(id="isinstance"), args=[_, kind]):
                roots.append(kind)
    return {id(inner) for root in roots if root is not None for inner in ast.walk(root)}


def _is_harmless(node: ast.AST) -> bool:
    match node:
        case ast.UnaryOp(operand=ast.Constant()) | ast.BinOp(op=ast.BitOr() | ast.BitAnd()):
            return True
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.Name() | ast.Attribute() | ast.Call()]):
            return True
    return False


def _rule_in(node: ast.AST) -> str | None:
    match node:
        case ast.BinOp() | ast.AugAssign() | ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Invert()):
            return f"arithmetic ({type(node.op).__name__})"
        case ast.Compare(comparators=others) if not all(map(_is_nothing, others)):
            return "a comparison with something"
        case ast.Call(func=ast.Name(id=name)) if name in _ARITHMETIC_CALLS:
            return f"arithmetic ({name})"
        case ast.Import(names=[ast.alias(name=name), *_]) | ast.ImportFrom(module=str(name)) if (
            name.partition(".")[0] in _ARITHMETIC_MODULES and name != _CHANCE
        ):
            return "imports arithmetic"
    return None


def _is_nothing(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=None | ""):
            return True
        case ast.Tuple(elts=[]) | ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
    return False


def functions_are_short(src: Path) -> list[str]:
    """At most 40 lines; the docstring is not counted, and a function inside is counted by itself."""
    wrong = []
    for path, module in modules(src):
        for node in ast.walk(module):
            if isinstance(node, Functions):
                lines = _lines(node) - _docstring_lines(node) - sum(map(_lines, _inside(node)))
                if lines > MOST_FUNCTION_LINES:
                    wrong.append(at(path, src, node, f"{node.name} has {lines} lines"))
    return wrong


def _lines(node: Functions) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _inside(node: Functions) -> Iterator[Functions]:
    """The outermost functions defined in this one, however deep in its blocks."""
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, Functions):
            yield inner
        else:
            waiting.extend(ast.iter_child_nodes(inner))


def _docstring_lines(node: Functions) -> int:
    if ast.get_docstring(node) is None:
        return 0
    first = node.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1


def files_are_short(src: Path) -> list[str]:
    counted = ((path, path.read_text(encoding="utf-8").count("\n")) for path, _ in modules(src))
    return [f"{path.relative_to(src)}: {lines} lines" for path, lines in counted if lines > MOST_FILE_LINES]


def public_names_are_documented(src: Path) -> list[str]:
    wrong = []
    for path, module in modules(src):
        if not ast.get_docstring(module):
            wrong.append(at(path, src, module, "the module has no docstring"))
        wrong += [
            at(path, src, node, f"{node.name} has no docstring")
            for node in _public(module)
            if not ast.get_docstring(node)
        ]
    return wrong


def _public(holder: ast.Module | ast.ClassDef) -> Iterator[Named]:
    for node in holder.body:
        if not isinstance(node, Named) or node.name.startswith("_"):
            continue
        if any(isinstance(mark, ast.Name) and mark.id in {"overload", "override"} for mark in node.decorator_list):
            continue
        yield node
        # A protocol of bare shapes is told by its class: what an attribute means stands where it is kept.
        if isinstance(node, ast.ClassDef) and not any(ast.unparse(base) == "Protocol" for base in node.bases):
            yield from _public(node)


def faces_tell_what_they_own(src: Path) -> list[str]:
    """A stage's face says Owns, Says and Never, and offers at most 25 questions and 25 changes (0007)."""
    wrong = []
    for stage in STAGES:
        path = src / "roulian" / stage / "__init__.py"
        module = tree(path, path.stat().st_mtime_ns)
        told = ast.get_docstring(module) or ""
        silent = [word for word in ("Owns", "Says", "Never") if f"{word}:" not in told]
        wrong += [f"roulian/{stage}: the face does not say “{word}:”" for word in silent]
        for kind in ("reads", "writes"):
            verbs = len(_shown_from(module, f"roulian.{stage}.{kind}"))
            if verbs > MOST_FACE_VERBS:
                wrong.append(f"roulian/{stage}: the face has {verbs} {kind}")
    return wrong


def _shown_from(face: ast.Module, room: str) -> list[str]:
    return [
        alias.name
        for node in face.body
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith(f"{room}.")
        for alias in node.names
    ]


def names_say_something(src: Path) -> list[str]:
    """No Manager, Service, Helper, utils, common, data, info, handle_."""
    wrong = []
    for path, module in modules(src):
        if _VAGUE.search(path.stem):
            wrong.append(f"{path.relative_to(src)}: a vague name")
        wrong += [
            at(path, src, node, f"{node.name} is a vague name")
            for node in ast.walk(module)
            if isinstance(node, Named) and _VAGUE.search(node.name)
        ]
    return wrong


RULES = (
    tables_stay_home,
    no_foreign_key_leaves_a_stage,
    nothing_is_imported_in_hiding,
    flows_hold_no_rule,
    functions_are_short,
    files_are_short,
    public_names_are_documented,
    faces_tell_what_they_own,
    names_say_something,
)
