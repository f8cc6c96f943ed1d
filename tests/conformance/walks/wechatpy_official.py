"""wechatpy, the service account: its followers, and everything that is sent to them."""

import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import wechatpy
from walking import JPEG, PICTURE, control, look
from wechatpy.oauth import WeChatOAuth

WHOM = "tag_or_users" if wechatpy.__version__.startswith("2") else "group_or_users"
MENU = {
    "button": [
        {"type": "click", "name": "预售", "key": "PRESALE"},
        {"type": "view", "name": "店", "url": "https://shop.test/"},
    ]
}


def go(walk, client):
    """Walk; every person follows first."""
    openids = [control("follow", person=f"p{number}", appid=client.appid)["openid"] for number in range(1, 5)]
    walk.chapter(_people, walk, client, openids)
    walk.chapter(_menus_and_codes, walk, client)
    media = walk.chapter(_media, walk, client)
    walk.chapter(_staff, walk, client, openids[0])
    walk.chapter(_customer, walk, client, openids[0], media)
    walk.chapter(_notices, walk, client, openids[0])
    walk.chapter(_mass, walk, client, openids, media)
    walk.chapter(_web, walk, client)


def _people(walk, client, openids):
    first = openids[0]
    walk("user.get", lambda: client.user.get(first))
    walk("user.get_batch", lambda: client.user.get_batch(openids))
    assert walk("user.get_followers", client.user.get_followers)["total"] == len(openids)
    assert sorted(walk("user.iter_followers", lambda: list(client.user.iter_followers()))) == sorted(openids)
    walk("user.update_remark", lambda: client.user.update_remark(first, "老客"))
    tag = walk("tag.create", lambda: client.tag.create("预售"))["id"]
    walk("tag.get", client.tag.get)
    walk("tag.update", lambda: client.tag.update(tag, "老客"))
    walk("tag.tag_user", lambda: client.tag.tag_user(tag, openids))
    assert walk("tag.get_user_tag", lambda: client.tag.get_user_tag(first)) == [tag]
    walk("tag.get_tag_users", lambda: client.tag.get_tag_users(tag))
    assert sorted(walk("tag.iter_tag_users", lambda: list(client.tag.iter_tag_users(tag)))) == sorted(openids)
    walk("tag.untag_user", lambda: client.tag.untag_user(tag, first))
    walk("tag.delete", lambda: client.tag.delete(tag))
    walk("tag.batch_black_list", lambda: client.tag.batch_black_list([first]))
    walk("tag.get_black_list", client.tag.get_black_list)
    walk("tag.batch_unblack_list", lambda: client.tag.batch_unblack_list([first]))


def _menus_and_codes(walk, client):
    walk("menu.create", lambda: client.menu.create(MENU))
    walk("menu.update", lambda: client.menu.update(MENU))
    walk("menu.get", client.menu.get)
    walk("menu.get_menu_info", client.menu.get_menu_info)
    matched = {**MENU, "matchrule": {"client_platform_type": "1"}}
    made = walk("menu.add_conditional", lambda: client.menu.add_conditional(matched))
    person = look("openid", appid=client.appid, person="p1")["openid"]
    walk("menu.try_match", lambda: client.menu.try_match(person))
    walk("menu.del_conditional", lambda: client.menu.del_conditional(made["menuid"]))
    walk("menu.delete", client.menu.delete)
    code = {"expire_seconds": 1800, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "cup"}}}
    made = walk("qrcode.create", lambda: client.qrcode.create(code))
    assert walk("qrcode.show", lambda: client.qrcode.show(made)).headers["content-type"].startswith("image/")
    walk("qrcode.get_url", lambda: client.qrcode.get_url(made))
    control("scan", person="p1", ticket=made["ticket"])
    walk("misc.get_wechat_ips", client.misc.get_wechat_ips)
    ticket = walk("jsapi.get_ticket", client.jsapi.get_ticket)["ticket"]
    assert walk("jsapi.get_jsapi_ticket", client.jsapi.get_jsapi_ticket) == ticket
    walk("jsapi.get_jsapi_card_ticket", client.jsapi.get_jsapi_card_ticket)
    card_params = (
        "get_jsapi_add_card_params" if hasattr(client.jsapi, "get_jsapi_add_card_params") else "get_jsapi_card_params"
    )
    walk(f"jsapi.{card_params}", lambda: _card_params(client.jsapi, card_params))
    signed = walk(
        "jsapi.get_jsapi_signature", lambda: client.jsapi.get_jsapi_signature("n", ticket, 1, "https://shop.test/")
    )
    config = {"url": "https://shop.test/", "timestamp": "1", "nonce_str": "n", "signature": signed}
    control("js_config", appid=client.appid, **config)


def _card_params(jsapi, name):
    if name == "get_jsapi_add_card_params":
        return jsapi.get_jsapi_add_card_params("coupon1")
    return jsapi.get_jsapi_card_params("ticket", "GENERAL_COUPON")


def _media(walk, client):
    with Path(PICTURE).open("rb") as picture:
        image = walk("media.upload", lambda: client.media.upload("image", picture))
    walk("media.download", lambda: client.media.download(image["media_id"]))
    walk("media.get_url", lambda: client.media.get_url(image["media_id"]))
    with Path(PICTURE).open("rb") as picture:
        walk("media.upload_image", lambda: client.media.upload_image(picture))
    with Path(PICTURE).open("rb") as picture:
        walk("media.upload_mass_image", lambda: client.media.upload_mass_image(picture))
    kinds = {
        "voice": ("a.mp3", b"ID3\x03\x00" + bytes(400), "audio/mpeg"),
        "video": ("a.mp4", b"\0\0\0\x18ftypmp42" + bytes(400), "video/mp4"),
    }
    made = {kind: client.media.upload(kind, file)["media_id"] for kind, file in kinds.items()}
    with Path(JPEG).open("rb") as picture:
        thumb = client.media.upload("thumb", ("a.jpg", picture, "image/jpeg"))
    with Path(JPEG).open("rb") as picture:
        cover = client.material.add("thumb", ("a.jpg", picture, "image/jpeg"))["media_id"]
    return {**made, "image": image["media_id"], "thumb": thumb["thumb_media_id"], "cover": cover}


def _staff(walk, client, openid):
    account, kf = f"anna@{client.appid}", client.customservice
    walk("customservice.add_account", lambda: kf.add_account(account, "安娜", "secret"))
    walk("customservice.update_account", lambda: kf.update_account(account, "小安", "secret"))
    control("staff", appid=client.appid, kf_account=account)
    if not wechatpy.__version__.startswith("2"):  # the later version asks for an address WeChat does not document
        walk("customservice.get_accounts", kf.get_accounts)
        walk("customservice.get_online_accounts", kf.get_online_accounts)
    walk("customservice.get_wait_case", kf.get_wait_case)
    walk("customservice.create_session", lambda: kf.create_session(openid, account))
    walk("customservice.get_session", lambda: kf.get_session(openid))
    walk("customservice.get_session_list", lambda: kf.get_session_list(account))
    walk("customservice.close_session", lambda: kf.close_session(openid, account))
    hour_ago = int(time.time()) - 3600
    walk("customservice.get_records", lambda: kf.get_records(hour_ago, hour_ago + 3500))
    walk("customservice.delete_account", lambda: kf.delete_account(account))


def _customer(walk, client, openid, media):
    card = {"title": "陶杯", "description": "预售", "url": "https://shop.test/", "image": "https://shop.test/a.png"}
    page = {"title": "店", "appid": "wxmini0000000001", "pagepath": "index", "thumb_media_id": media["thumb"]}
    menu = {"head_content": "满意吗", "list": [{"id": "1", "content": "满意"}], "tail_content": "谢谢"}
    control("coupons", appid=client.appid, card_id="coupon1", title="满减")
    message = client.message
    sends = {
        "send_text": lambda: message.send_text(openid, "您好"),
        "send_image": lambda: message.send_image(openid, media["image"]),
        "send_voice": lambda: message.send_voice(openid, media["voice"]),
        "send_video": lambda: message.send_video(openid, media["video"], "陶杯", "如何做成"),
        "send_music": lambda: message.send_music(
            openid, "https://a.test/a.mp3", "https://a.test/b.mp3", media["thumb"]
        ),
        "send_articles": lambda: message.send_articles(openid, [card]),
        "send_card": lambda: message.send_card(openid, "coupon1"),
        "send_mini_program_page": lambda: message.send_mini_program_page(openid, page),
        "send_msg_menu": lambda: message.send_msg_menu(openid, menu),
    }
    for name, send in sends.items():
        control("say", person="p1", appid=client.appid, text="在吗")
        walk(f"message.{name}", send)


def _notices(walk, client, openid):
    template = client.template
    walk("template.set_industry", lambda: template.set_industry("1", "4"))
    walk("template.get_industry", template.get_industry)
    chosen = walk("template.get", lambda: template.get("OPENTM201285651"))
    walk("template.add", lambda: template.add("OPENTM202243318"))  # another name of template.get
    walk("template.get_all_private_template", template.get_all_private_template)
    words = {
        "character_string1": {"value": "A1"},
        "thing2": {"value": "陶杯"},
        "amount3": {"value": "¥1.00"},
        "time4": {"value": "2026-03-02 10:00"},
    }
    walk("message.send_template", lambda: client.message.send_template(openid, chosen, words, url="https://shop.test/"))
    walk("template.del_private_template", lambda: template.del_private_template(chosen))
    control("templates", appid=client.appid, template_id="tpl", fields=["thing1", "date2"])
    control("consent", person="p1", appid=client.appid, answers={"tpl": "accept"})
    notice = {"thing1": {"value": "陶杯"}, "date2": {"value": "2026年3月9日"}}
    if hasattr(client.message, "send_subscribe_message"):
        walk("message.send_subscribe_message", lambda: client.message.send_subscribe_message(openid, "tpl", notice))
    once = look("one_time", appid=client.appid)["template_id"]
    agree = {"scene": 7, "template_id": once, "redirect_url": "https://shop.test/", "reserved": "x"}
    walk(
        "message.get_subscribe_authorize_url",
        lambda: client.message.get_subscribe_authorize_url(7, once, "https://shop.test/"),
    )
    control("one_time", person="p1", appid=client.appid, **agree)
    content = {"content": {"value": "陶杯到了", "color": "#173177"}}
    walk(
        "message.send_subscribe_template",
        lambda: client.message.send_subscribe_template(openid, once, 7, "到货", content),
    )
    if hasattr(template, "add_subscribe_message_template"):
        _own_templates(walk, template)


def _own_templates(walk, template):
    walk("template.get_category", template.get_category)
    titles = "template.get_subscribe_message_template_titles"  # sends no categories, which WeChat's document requires
    walk(titles, template.get_subscribe_message_template_titles, meets=("200018",))
    walk(
        "template.get_subscribe_message_template_keywords",
        lambda: template.get_subscribe_message_template_keywords("9001"),
    )
    added = walk(
        "template.add_subscribe_message_template",
        lambda: template.add_subscribe_message_template("9001", [1, 2], "预售"),
    )
    walk("template.get_subscribe_message_templates", template.get_subscribe_message_templates)
    walk("template.del_subscribe_message_template", lambda: template.del_subscribe_message_template(added))


def _mass(walk, client, openids, media):
    message = client.message
    few, others = {WHOM: openids[:2]}, {WHOM: openids[2:]}
    sent = walk("message.send_mass_text", lambda: message.send_mass_text(content="陶杯预售", **few))
    walk("message.get_mass", lambda: message.get_mass(sent["msg_id"]))
    walk("message.send_mass_image", lambda: message.send_mass_image(media_id=media["image"], **few))
    walk("message.send_mass_voice", lambda: message.send_mass_voice(media_id=media["voice"], **few))
    walk("message.send_mass_card", lambda: message.send_mass_card(card_id="coupon1", **few))
    film = {"media_id": media["video"], "title": "陶杯", "description": "如何做成"}
    walk("message.send_mass_video", lambda: message.send_mass_video(**film, **others))
    article = {"title": "陶杯预售", "content": "<p>手作</p>", "thumb_media_id": media["cover"]}
    news = client.post("draft/add", data={"articles": [article]})["media_id"]
    shown = walk("message.send_mass_article", lambda: message.send_mass_article(media_id=news, **others))
    control("clock/advance", ms=60_000)
    walk("message.delete_mass", lambda: message.delete_mass(shown["msg_id"]))


def _web(walk, client):
    oauth = WeChatOAuth(client.appid, client.secret, "https://shop.test/", "snsapi_userinfo", "s")
    wanted = urlsplit(oauth.authorize_url)
    assert parse_qs(wanted.query)["appid"] == [client.appid]
    code = control("web_login", person="p1", appid=client.appid, scope="snsapi_userinfo")["code"]
    got = walk("oauth.fetch_access_token", lambda: oauth.fetch_access_token(code))
    walk("oauth.get_user_info", oauth.get_user_info)
    walk("oauth.check_access_token", oauth.check_access_token)
    walk("oauth.refresh_access_token", lambda: oauth.refresh_access_token(got["refresh_token"]))
    walk.probe_rest("oauth", oauth)
