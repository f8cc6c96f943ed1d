"""The checked-in OpenAPI document and the types generated from it are what the code says today."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from roulian.flows.ring import DEADLINES, RING
from roulian.web.console.events import ROUTINE
from roulian.words import Event

ROOT = Path(__file__).resolve().parents[2]
API = ROOT / "frontend" / "api"
STAGES = {"people", "sense", "predict", "decide", "sell", "stock", "make", "deliver", "tell", "learn"}
GENERATOR = ROOT / "frontend" / "node_modules" / ".bin" / "openapi-typescript"


@pytest.fixture(scope="module")
def exporter() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tools_openapi", ROOT / "tools" / "openapi.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_document_is_current(exporter: ModuleType):
    assert (API / "openapi.json").read_text(encoding="utf-8") == exporter.text()


@pytest.mark.skipif(not GENERATOR.exists(), reason="npm ci has not run in frontend/")
def test_types_are_current(tmp_path: Path):
    fresh = tmp_path / "api.d.ts"

    subprocess.run([GENERATOR, API / "openapi.json", "-o", fresh], check=True, capture_output=True)

    assert fresh.read_text(encoding="utf-8") == (API / "api.d.ts").read_text(encoding="utf-8")


def test_no_answer_of_the_console_is_untyped(exporter: ModuleType):
    document = exporter.document()
    untyped = [
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path != "/api/console/stream"
        for answer in operation["responses"]["200"]["content"].values()
        if "$ref" not in str(answer["schema"]) and answer["schema"].get("format") != "binary"
    ]

    assert untyped == []


def test_every_event_a_stage_says_has_its_sentence_and_its_place_in_the_feed():
    wording = (ROOT / "frontend" / "shared" / "src" / "sentences.ts").read_text(encoding="utf-8")
    kinds = {event.kind() for event in Event.__subclasses__()}

    unsaid = sorted(kind for kind in kinds if kind.split(".")[0] in STAGES and f'"{kind}": say(' not in wording)

    assert unsaid == []
    assert kinds >= ROUTINE


def test_everything_that_moves_by_itself_has_a_word():
    wording = (ROOT / "frontend" / "shared" / "src" / "words.ts").read_text(encoding="utf-8")
    handlers = {handler for listeners in RING.values() for handler in listeners}
    names = {f"{handler.__module__.rpartition('.')[2]}.{handler.__name__}" for handler in handlers} | DEADLINES.keys()

    assert sorted(name for name in names if f'"{name}": w(' not in wording) == []
