"""wechatpy, the mini-program: login, messages, codes and links, content safety, the cloud, the open account."""

import json
from pathlib import Path

from paying import paid
from walking import PICTURE, control, look

ENV = "shop-1"


def go(walk, client):
    """Walk."""
    openid = look("openid", appid=client.appid, person="p1")["openid"]
    code = control("wx_login", person="p1", appid=client.appid)["code"]
    assert walk("wxa.code_to_session", lambda: client.wxa.code_to_session(code))["openid"] == openid
    walk.chapter(_messages, walk, client, openid)
    walk.chapter(_codes, walk, client)
    walk.chapter(_safety, walk, client)
    walk.chapter(_cloud, walk, client.cloud, client.appid)


def _messages(walk, client, openid):
    control("templates", appid=client.appid, template_id="tpl", fields=["thing1"])
    control("consent", person="p1", appid=client.appid, answers={"tpl": "accept"})
    words = {"thing1": {"value": "陶杯已发货"}}
    walk("wxa.send_subscribe_message", lambda: client.wxa.send_subscribe_message(openid, "tpl", words))
    walk(
        "wxa.send_subscribe_message", lambda: client.wxa.send_subscribe_message(openid, "tpl", words), meets=("43101",)
    )
    control("say", person="p1", appid=client.appid, text="在吗")
    link = {"title": "店", "description": "预售", "url": "https://shop.test/", "image": "https://shop.test/a.png"}
    walk("message.send_link", lambda: client.message.send_link(openid, link))
    if hasattr(client.wxa, "get_phone_number"):
        code = control("phone_number", person="p1", appid=client.appid)["code"]
        walk("wxa.get_phone_number", lambda: client.wxa.get_phone_number(code))
    transaction = paid(client.appid, "p1", openid)
    walk("wxa.get_paid_unionid", lambda: client.wxa.get_paid_unionid(openid, transaction_id=transaction))


def _codes(walk, client):
    wxa = client.wxa
    for name, draw in {
        "create_qrcode": lambda: wxa.create_qrcode("pages/index?a=1"),
        "get_wxa_code": lambda: wxa.get_wxa_code("pages/index?a=1"),
        "get_wxa_code_unlimited": lambda: wxa.get_wxa_code_unlimited("a=1"),
    }.items():
        assert walk(f"wxa.{name}", draw).headers["content-type"].startswith("image/")
    if hasattr(wxa, "get_url_link"):
        walk(
            "wxa.get_url_link",
            lambda: wxa.get_url_link(path="pages/index", is_expire=True, expire_type=1, expire_interval=7),
        )
        jump = {"path": "pages/index", "query": "a=1"}
        walk("wxa.get_url_scheme", lambda: wxa.get_url_scheme(True, 1, expire_interval=7, jump_wxa=jump))


def _safety(walk, client):
    walk("wxa.check_text_security", lambda: client.wxa.check_text_security("手作陶杯"))
    with Path(PICTURE).open("rb") as picture:
        walk("wxa.check_image_security", lambda: client.wxa.check_image_security(picture))
    walk("wxa.check_media_async", lambda: client.wxa.check_media_async("https://shop.test/a.png", 2))


def _cloud(walk, cloud, appid):
    control("cloud/environments", appid=appid, env=ENV)
    control("cloud/functions", env=ENV, name="add", answer=json.dumps({"sum": 3}))
    walk("cloud.invoke_cloud_function", lambda: cloud.invoke_cloud_function(ENV, "add", {"a": 1}))
    walk("cloud.db_add_collection", lambda: cloud.db_add_collection(ENV, "cups"))
    walk("cloud.db_get_collection", lambda: cloud.db_get_collection(ENV))
    cup = json.dumps({"_id": "c1", "price": 12300})
    for name, query in {
        "db_add": f"db.collection('cups').add({{data: [{cup}]}})",
        "db_query": "db.collection('cups').where({price: 12300}).limit(5).get()",
        "db_count": "db.collection('cups').where({price: 12300}).count()",
        "db_update": "db.collection('cups').where({_id: 'c1'}).update({data: {price: 9900}})",
        "db_aggregate": "db.collection('cups').aggregate().match({price: 9900}).end()",
        "db_delete": "db.collection('cups').where({_id: 'c1'}).remove()",
    }.items():
        walk(f"cloud.{name}", lambda name=name, query=query: getattr(cloud, name)(ENV, query))
    walk("cloud.db_delete_collection", lambda: cloud.db_delete_collection(ENV, "cups"))
    walk("cloud.upload_file", lambda: cloud.upload_file(ENV, PICTURE))
    file = cloud._post("tcb/uploadfile", data={"env": ENV, "path": PICTURE})["file_id"]
    walk("cloud.download_files", lambda: cloud.download_files(ENV, [{"fileid": file, "max_age": 7200}]))
    walk("cloud.delete_files", lambda: cloud.delete_files(ENV, [file]))


def open_account(walk, wxa):
    """A mini-program that hangs on no open account yet."""
    made = walk("wxa.create_open", lambda: wxa.create_open(wxa.appid))
    walk("wxa.get_open", lambda: wxa.get_open(wxa.appid))
    walk("wxa.unbind_open", lambda: wxa.unbind_open(wxa.appid, made))
    walk("wxa.bind_open", lambda: wxa.bind_open(wxa.appid, made))
