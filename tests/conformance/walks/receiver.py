"""wechatpy.crypto as the receiver of encrypted pushes: a service account's in XML, a mini-program's in JSON."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from walking import Walk, control, look
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import TextReply

SERVICE, MINI = "wxservice0000001", "wxmini0000000001"
walk, received = Walk(), []
accounts = {
    SERVICE: control("accounts", appid=SERVICE, kind="service")["account"],
    MINI: control("accounts", appid=MINI, kind="mini_program", format="json")["account"],
}


class Shop(BaseHTTPRequestHandler):
    """The shop's callback URL: the path is the appid."""

    def _asked(self):
        account = accounts[urlsplit(self.path).path.strip("/")]
        crypto = WeChatCrypto(account["token"], account["aes_key"], account["appid"])
        return crypto, dict(parse_qsl(urlsplit(self.path).query))

    def _answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        from wechatpy.utils import check_signature

        _, query = self._asked()
        account = accounts[urlsplit(self.path).path.strip("/")]
        check_signature(account["token"], query["signature"], query["timestamp"], query["nonce"])
        self._answer(query["echostr"].encode())

    def do_POST(self):
        crypto, query = self._asked()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sealed = json.loads(body) if body.startswith(b"{") else body
        opened = crypto.decrypt_message(sealed, query["msg_signature"], query["timestamp"], query["nonce"])
        if opened.startswith("{"):
            received.append(json.loads(opened))
            self._answer(b"success")
            return
        message = parse_message(opened)
        received.append({"Event": getattr(message, "event", ""), "Content": getattr(message, "content", "")})
        reply = (
            TextReply(content=f"收到:{received[-1]['Content']}", message=message).render()
            if message.type == "text"
            else ""
        )
        self._answer(crypto.encrypt_message(reply, query["nonce"]).encode() if reply else b"success")

    def log_message(self, *words):
        """Nothing is logged."""
        del words


def heard(act, **wanted):
    """What the last push says."""
    act()
    control("pump")
    last = received[-1]
    assert wanted.items() <= last.items(), last


def checked(appid):
    """The URL check of the account."""
    control("accounts/check_url", appid=appid)
    control("pump")
    assert look("account", appid=appid)["account"]["callback_verified"]


def on_the_phone(text):
    """What the person sees."""
    assert text in json.dumps(look("messages", person="p1", appid=SERVICE), ensure_ascii=False)


server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
threading.Thread(target=server.serve_forever, daemon=True).start()
control("persons", names=["p1"])
for appid, account in accounts.items():
    kept = {name: account[name] for name in ("kind", "secret", "token", "aes_key", "format")}
    control("accounts", appid=appid, callback_url=f"http://127.0.0.1:{server.server_port}/{appid}", **kept)
    walk("(URL check)", lambda appid=appid: checked(appid))
walk("(event)", lambda: heard(lambda: control("follow", person="p1", appid=SERVICE), Event="subscribe"))
walk("(message)", lambda: heard(lambda: control("say", person="p1", appid=SERVICE, text="在吗"), Content="在吗"))
walk("(answer)", lambda: on_the_phone("收到:在吗"))
control("templates", appid=MINI, template_id="tpl", fields=["thing1"])
walk(
    "(event)",
    lambda: heard(
        lambda: control("consent", person="p1", appid=MINI, answers={"tpl": "accept"}),
        Event="subscribe_msg_popup_event",
    ),
)
walk.tell(callbacks=look("callbacks", limit=1000)["callbacks"])
