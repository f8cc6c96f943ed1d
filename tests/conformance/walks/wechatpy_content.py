"""wechatpy, the service account: what it keeps and publishes, and what becomes of it."""

from pathlib import Path

from walking import JPEG, PICTURE, control, look

DAY_MS = 86_400_000


def go(walk, client):
    """Walk; the last part ends two days later."""
    walk.chapter(_materials, walk, client.material)
    thumb = _thumb(client)
    article = {"title": "陶杯预售", "content": "<p>手作</p>", "thumb_media_id": thumb, "need_open_comment": 1}
    if hasattr(client, "draft"):
        walk.chapter(_drafts, walk, client, article)
    walk.chapter(_comments, walk, client)
    walk.chapter(_statistics, walk, client)


def _thumb(client):
    with Path(JPEG).open("rb") as picture:
        return client.material.add("thumb", picture)["media_id"]


def _materials(walk, material):
    with Path(PICTURE).open("rb") as picture:
        image = walk("material.add", lambda: material.add("image", picture))["media_id"]
    walk("material.get", lambda: material.get(image))
    assert walk("material.get_count", material.get_count)["image_count"] >= 1
    assert walk("material.batchget", lambda: material.batchget("image"))["item_count"] >= 1
    walk("material.delete", lambda: material.delete(image))


def _drafts(walk, client, article):
    draft, publish = client.draft, client.freepublish
    media = walk("draft.add", lambda: draft.add([article]))["media_id"]
    walk("draft.update", lambda: draft.update(media, 0, {**article, "title": "陶杯预售第二批"}))
    assert walk("draft.get", lambda: draft.get(media))["news_item"][0]["title"] == "陶杯预售第二批"
    walk("draft.count", draft.count)
    walk("draft.batchget", draft.batchget)
    thrown = draft.add([article])["media_id"]
    walk("draft.delete", lambda: draft.delete(thrown))
    publishing = walk("freepublish.submit", lambda: publish.submit(media))["publish_id"]
    control("clock/advance", ms=10_000)
    published = walk("freepublish.get", lambda: publish.get(publishing))
    assert published["publish_status"] == 0
    walk("freepublish.batchget", lambda: publish.batchget(0, 20))
    walk("freepublish.getarticle", lambda: publish.getarticle(published["article_id"]))
    walk("freepublish.delete", lambda: publish.delete(published["article_id"]))


def _comments(walk, client):
    material, msg = client.material, 2247490098
    control("articles/publish", appid=client.appid, msgid=f"{msg}_1", title="陶杯预售")
    walk("material.open_comment", lambda: material.open_comment(msg, 0))
    said = control("articles/comment", person="p1", appid=client.appid, msg_data_id=msg, content="想要")
    comment = said["user_comment_id"]
    walk("material.list_comment", lambda: material.list_comment(msg, 0))
    walk("material.markelect_comment", lambda: material.markelect_comment(msg, 0, comment))
    walk("material.unmarkelect_comment", lambda: material.unmarkelect_comment(msg, 0, comment))
    walk("material.add_reply_comment", lambda: material.add_reply_comment(msg, 0, comment, "月底有"))
    walk("material.delete_reply_comment", lambda: material.delete_reply_comment(msg, 0, comment))
    walk("material.delete_comment", lambda: material.delete_comment(msg, 0, comment))
    walk("material.close_comment", lambda: material.close_comment(msg, 0))


def _statistics(walk, client):
    control("articles/read", person="p1", appid=client.appid, msgid="2247490098_1")
    control("clock/advance", ms=2 * DAY_MS)
    client.fetch_access_token()
    yesterday = _day(look("clock")["now_ms"] - DAY_MS)
    names = [name for name in dir(client.datacube) if name.startswith("get_")]
    for name in names:
        walk(f"datacube.{name}", lambda name=name: getattr(client.datacube, name)(yesterday, yesterday))


def _day(at_ms):
    from datetime import datetime, timedelta, timezone

    return datetime.fromtimestamp(at_ms / 1000, timezone(timedelta(hours=8))).strftime("%Y-%m-%d")
