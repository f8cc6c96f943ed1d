"""Media: three days for the temporary, for ever for the permanent, and each kind with its formats and sizes."""

from typing import Any

import pytest

from gateways.sandbox.driving import DAY_MS, MINI, SERVICE, Driver
from gateways.sandbox.publishing import FILES, get, post, upload

TEMPORARY, PERMANENT, INLINE = "/cgi-bin/media/upload", "/cgi-bin/material/add_material", "/cgi-bin/media/uploadimg"
TITLE = '{"title": "陶杯", "introduction": "怎样做的"}'


def path_of(url: str) -> str:
    return url.removeprefix("http://mmbiz.qpic.cn")


@pytest.mark.parametrize("kind", ["image", "voice", "thumb"])
def test_temporary_media_live_three_days(driver: Driver, kind: str) -> None:
    uploaded = upload(driver, TEMPORARY, kind)
    media_id = uploaded["thumb_media_id" if kind == "thumb" else "media_id"]

    driver.now_ms += 3 * DAY_MS - 1
    served = get(driver, "/cgi-bin/media/get", media_id=media_id)
    driver.now_ms += 1

    assert (uploaded["type"], uploaded["created_at"]) == (kind, (driver.now_ms - 3 * DAY_MS) // 1000)
    assert served.body == FILES[kind][1]
    assert served.headers["content-disposition"].startswith(f'attachment; filename="{media_id}.')
    assert get(driver, "/cgi-bin/media/get", media_id=media_id).json["errcode"] == 40007


def test_a_temporary_video_is_given_by_its_url(driver: Driver) -> None:
    media_id = upload(driver, TEMPORARY, "video")["media_id"]

    url = get(driver, "/cgi-bin/media/get", media_id=media_id).json["video_url"]

    assert driver.send("GET", path_of(url)).body == FILES["video"][1]
    driver.now_ms += 3 * DAY_MS
    assert driver.send("GET", path_of(url)).status == 404


@pytest.mark.parametrize("path", ["/cgi-bin/media/get", "/cgi-bin/media/get/jssdk"])
def test_getting_media_needs_a_living_id_of_the_account(driver: Driver, path: str) -> None:
    media_id = upload(driver, TEMPORARY, "voice")["media_id"]

    assert get(driver, path, media_id=media_id).body == FILES["voice"][1]
    assert get(driver, path, MINI, media_id=media_id).json["errcode"] == 40007
    assert get(driver, path, media_id="none").json["errcode"] == 40007
    assert get(driver, path).json["errcode"] == 41006


@pytest.mark.parametrize("path", [TEMPORARY, PERMANENT])
def test_an_upload_of_a_wrong_kind_format_or_size_is_refused(driver: Driver, path: str) -> None:
    def code(kind: str, name: str, content: bytes) -> int:
        answer: int = upload(driver, path, kind, file=(name, content), description=TITLE)["errcode"]
        return answer

    mp3, megabyte = b"ID3", 1_048_576
    assert code("music", "a.mp3", mp3) == 40004
    assert code("image", "a.exe", b"MZ") == 40005
    assert code("image", "a.png", mp3) == 40005
    assert code("thumb", "a.png", FILES["image"][1]) == 40005
    assert code("voice", "a.mp4", FILES["video"][1]) == 40005
    assert code("image", "a.png", b"") == 40006
    assert code("image", "a.png", b"\x89PNG" + bytes(10 * megabyte)) == 40009
    assert code("voice", "a.mp3", mp3 + bytes(2 * megabyte)) == 45001
    assert code("video", "a.mp4", FILES["video"][1] + bytes(10 * megabyte)) == 45001
    assert code("thumb", "a.jpg", FILES["thumb"][1] + bytes(64 * 1024)) == 45001
    assert driver.sandbox._state.value("SELECT COUNT(*) FROM media") == 0


@pytest.mark.parametrize("path", [f"{TEMPORARY}?type=image&", f"{PERMANENT}?type=image&", f"{INLINE}?"])
def test_an_upload_without_a_file_is_refused(driver: Driver, path: str) -> None:
    target = f"{path}access_token={driver.stable_token(SERVICE)}"

    assert driver.send("POST", target, b"{}").json["errcode"] == 41005


def test_a_file_at_its_limit_is_taken_and_its_name_tells_what_its_bytes_do_not(driver: Driver) -> None:
    content = b"\x89PNG" + bytes(10 * 1_048_576 - 4)

    assert "media_id" in upload(driver, TEMPORARY, "image", file=("a.png", content))
    assert "media_id" in upload(driver, TEMPORARY, "image", file=("a.jpeg", b"anything"))
    assert "media_id" in upload(driver, PERMANENT, "voice", file=("a", b"RIFF wave"))
    assert upload(driver, TEMPORARY, "voice", file=("a", b"RIFF wave"))["errcode"] == 40005


def test_a_mini_program_uploads_pictures_only(driver: Driver) -> None:
    assert "media_id" in upload(driver, TEMPORARY, "image", appid=MINI)
    assert upload(driver, TEMPORARY, "voice", appid=MINI)["errcode"] == 40004


def test_a_picture_for_an_article_has_a_url_and_is_no_material(driver: Driver) -> None:
    url = upload(driver, INLINE)["url"]

    assert driver.send("GET", path_of(url)).body == FILES["image"][1]
    assert driver.send("GET", path_of(url)).headers["content-type"] == "image/png"
    assert get(driver, "/cgi-bin/material/get_materialcount").json["image_count"] == 0
    assert upload(driver, INLINE, file=("a.gif", b"GIF89a"))["errcode"] == 40005
    assert upload(driver, INLINE, file=("a.png", b""))["errcode"] == 40006
    assert upload(driver, INLINE, file=("a.jpg", b"\xff\xd8\xff" + bytes(1_048_576)))["errcode"] == 40009
    jpeg = upload(driver, INLINE, file=FILES["thumb"])["url"]
    assert "/mmbiz_jpg/" in jpeg
    assert driver.send("GET", path_of(jpeg)).body == FILES["thumb"][1]
    assert driver.send("GET", "/mmbiz_png/none/0").status == 404
    assert driver.send("GET", "/mmbiz_jpg/none/0").status == 404


def test_permanent_material_is_kept_counted_listed_and_deleted(driver: Driver) -> None:
    kept = {kind: upload(driver, PERMANENT, kind, description=TITLE) for kind in FILES}
    driver.now_ms += 400 * DAY_MS

    counts = get(driver, "/cgi-bin/material/get_materialcount").json
    listed = post(driver, "/cgi-bin/material/batchget_material", type="image", offset=0, count=20).json
    got = post(driver, "/cgi-bin/material/get_material", media_id=kept["image"]["media_id"])

    assert counts == {"voice_count": 1, "video_count": 1, "image_count": 2, "news_count": 0}
    assert (listed["total_count"], listed["item_count"]) == (2, 2)
    assert {item["url"] for item in listed["item"]} == {kept["image"]["url"], kept["thumb"]["url"]}
    assert (got.body, got.headers["content-type"]) == (FILES["image"][1], "image/png")
    assert driver.send("GET", path_of(kept["image"]["url"])).body == FILES["image"][1]
    for kind in ("image", "voice"):
        gone = kept[kind]["media_id"]
        assert post(driver, "/cgi-bin/material/del_material", media_id=gone).json["errcode"] == 0
        assert post(driver, "/cgi-bin/material/del_material", media_id=gone).json["errcode"] == 40007
        assert post(driver, "/cgi-bin/material/get_material", media_id=gone).json["errcode"] == 40007
    assert driver.send("GET", path_of(kept["image"]["url"])).status == 200
    assert get(driver, "/cgi-bin/material/get_materialcount").json["image_count"] == 1


def test_a_permanent_video_has_its_title(driver: Driver) -> None:
    media_id = upload(driver, PERMANENT, "video", description=TITLE)["media_id"]

    shown = post(driver, "/cgi-bin/material/get_material", media_id=media_id).json
    listed = post(driver, "/cgi-bin/material/batchget_material", type="video", offset=0, count=1).json["item"][0]

    assert (shown["title"], shown["description"]) == ("陶杯", "怎样做的")
    assert driver.send("GET", path_of(shown["down_url"])).body == FILES["video"][1]
    assert (listed["name"], listed["description"]) == ("陶杯", "怎样做的")
    assert upload(driver, PERMANENT, "video")["errcode"] == 47001


def test_material_is_not_temporary_media_nor_the_other_way_round(driver: Driver) -> None:
    temporary = upload(driver, TEMPORARY, "image")["media_id"]

    assert post(driver, "/cgi-bin/material/get_material", media_id=temporary).json["errcode"] == 40007


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": "thumb", "offset": 0, "count": 1}, 40004),
        ({"type": "image", "offset": -1, "count": 1}, 40097),
        ({"type": "image", "offset": 0, "count": 21}, 40097),
        ({"type": "image", "offset": 0, "count": 0}, 40097),
    ],
)
def test_a_wrong_list_of_materials_is_refused(driver: Driver, body: dict[str, Any], code: int) -> None:
    assert post(driver, "/cgi-bin/material/batchget_material", **body).json["errcode"] == code
    assert post(driver, "/cgi-bin/material/batchget_material", type="news", offset=0, count=1).json["item"] == []
