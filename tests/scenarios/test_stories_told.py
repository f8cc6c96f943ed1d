"""`roulian simulate`, from outside: the same seed prints the same table to the byte, and it is the golden one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORIES = ("late-supplier", "presale-missed")


def run(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    """The command, run to its end in an environment of its own."""
    program = "from roulian.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program, "simulate", *arguments],
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
        timeout=300,
    )


def told(*arguments: str) -> bytes:
    """What the command prints."""
    done = run(*arguments)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture(scope="module", params=STORIES)
def beginning(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    """A story and what is told of its first four days."""
    story: str = request.param
    return story, told(story, "--seed", "7", "--days", "4", "--json")


@pytest.mark.parametrize("story", STORIES)
def test_whole_story_ends_in_its_golden_table(story: str):
    table = told(story, "--seed", "7", "--json")

    assert json.loads(table) == json.loads((ROOT / "scenarios" / story / "expect.json").read_text())


def test_same_seed_prints_the_same_to_the_byte(beginning: tuple[str, bytes]):
    story, first = beginning

    assert told(story, "--seed", "7", "--days", "4", "--json") == first


def test_another_seed_tells_another_story(beginning: tuple[str, bytes]):
    story, ours = beginning

    assert told(story, "--seed", "8", "--days", "4", "--json") != ours


def test_table_for_people_shows_the_same_figures_with_their_units(beginning: tuple[str, bytes]):
    story, first = beginning
    figures = json.loads(first)

    table = told(story, "--seed", "7", "--days", "4").decode()

    assert f"{figures['orders_placed']:,}  下单 · Orders placed" in table
    assert f"¥{figures['revenue'] / 100:,.2f}" in table


def test_story_nobody_wrote_is_named_with_those_there_are():
    done = run("no-such-story")

    assert done.returncode == 2
    assert all(story in done.stderr.decode() for story in STORIES)
