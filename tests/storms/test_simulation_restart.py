"""A stage found again: people keep who they are, and nothing drawn in an earlier life is drawn twice."""

from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from house import SMALL_BRAND
from roulian.app import read
from roulian.app.play import Stage, open_stage

pytestmark = pytest.mark.anyio

MINI = "wx5c1d20260603b001"
DROP_DEADLINE = sa.text("DELETE FROM store_deadlines WHERE kind = :kind")
NIGHTS = sa.text("SELECT kind, due_at FROM store_deadlines WHERE key IN ('forecast', 'audit', 'reconcile', 'retain')")


async def a_life(home: Path) -> Stage:
    settings = read({"ROULIAN_CONSOLE": "/nowhere"}, home=home)
    return await open_stage(settings, scenario=SMALL_BRAND, seed=7, in_memory=False)


async def signed_in(stage: Stage, person: str) -> tuple[str, str]:
    """The person's member id and a new session token."""
    assert stage.app.sandbox is not None
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(stage.app.sandbox.asgi), base_url="http://wechat") as wechat,
        httpx.AsyncClient(transport=httpx.ASGITransport(stage.app.asgi), base_url="http://shop") as shop,
    ):
        await wechat.post("/_sandbox/persons", json={"names": [person]})
        code = (await wechat.post("/_sandbox/wx_login", json={"person": person, "appid": MINI})).json()["code"]
        reply = await shop.post("/api/store/session", json={"code": code})
    assert reply.status_code == 200, reply.text
    return reply.json()["member"], reply.json()["token"]


async def test_second_life_at_the_same_instant_draws_no_token_and_no_id_again(tmp_path: Path):
    first = await a_life(tmp_path)
    lin, lins_token = await signed_in(first, "lin")
    await first.close()

    second = await a_life(tmp_path)
    chen, chens_token = await signed_in(second, "chen")
    lin_again, _ = await signed_in(second, "lin")
    await second.close()

    assert lin_again == lin
    assert chen != lin
    assert chens_token != lins_token


async def test_credentials_cut_short_in_the_writing_are_asked_for_anew(tmp_path: Path):
    (tmp_path / "wechat.new").write_bytes(b'{"mini_program": {"app')

    stage = await a_life(tmp_path)
    member, _ = await signed_in(stage, "lin")
    await stage.close()

    assert member.startswith("mem_")
    assert (tmp_path / "wechat.json").stat().st_mode & 0o777 == 0o600


async def test_old_store_opened_again_begins_the_nights_it_never_had_and_keeps_the_others(tmp_path: Path):
    first = await a_life(tmp_path)
    first.app.store.call(lambda tx: tx.run(DROP_DEADLINE, kind="shelf.audit"))
    before = first.app.store.read(lambda tx: dict(tx.rows(NIGHTS)))
    await first.close()

    second = await a_life(tmp_path)
    after = second.app.store.read(lambda tx: dict(tx.rows(NIGHTS)))
    await second.close()

    assert "shelf.audit" not in before
    assert after.keys() - before.keys() == {"shelf.audit"}
    assert {kind: after[kind] for kind in before} == before
