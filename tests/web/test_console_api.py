"""The checked-in OpenAPI document and the types generated from it are what the code says today."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
API = ROOT / "frontend" / "api"
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
        and "$ref" not in str(operation["responses"]["200"]["content"]["application/json"]["schema"])
    ]

    assert untyped == []
