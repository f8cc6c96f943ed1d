"""wechatpy, 1.8.18 and 2.0.0a26 alike, through every API it has: each sub-API is a chapter of its own."""

import wechatpy
import wechatpy_component
import wechatpy_content
import wechatpy_mini
import wechatpy_official
from walking import Walk, control
from wechatpy import WeChatClient
from wechatpy.client.api.base import BaseWeChatAPI

ARTICLE = {"thumb_media_id": "1", "title": "陶杯", "content": "手作"}
HINTS = {
    "material.update_articles": {"index": 0, "articles": [ARTICLE]},
    "cloud.db_update_index": {"create_indexes": [{"name": "a"}]},
    "invoice.get_auth_url": {"source": "web"},
}

walk = Walk()
service = control("accounts", appid="wxservice0000001", kind="service", open_appid="wxopen")["account"]
mini = control("accounts", appid="wxmini0000000001", kind="mini_program", open_appid="wxopen")["account"]
control("persons", count=4, appids=[service["appid"], mini["appid"]])
client = WeChatClient(service["appid"], service["secret"])
walk("client.fetch_access_token", client.fetch_access_token)
walk.chapter(wechatpy_official.go, walk, client)
small = WeChatClient(mini["appid"], mini["secret"])
walk.chapter(wechatpy_mini.go, walk, small)
lone = control("accounts", appid="wxnew00000000001", kind="mini_program")["account"]
walk.chapter(wechatpy_mini.open_account, walk, WeChatClient(lone["appid"], lone["secret"]).wxa)
if wechatpy.__version__.startswith("2"):
    walk("card.get_colors", client.card.get_colors)
walk("device.get_qrcode_url", lambda: client.device.get_qrcode_url("t"))
walk.chapter(wechatpy_component.go, walk, client.appid)
walk.chapter(wechatpy_content.go, walk, client)
for name, api in sorted(vars(client).items()):
    if isinstance(api, BaseWeChatAPI):
        walk.probe_rest(name, api, hints=HINTS)
walk.tell()
