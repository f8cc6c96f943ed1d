"""What every walk in Python shares: a client's call, what the sandbox saw of it, and what became of it.

Runs under the client's own interpreter with nothing but the standard library, and speaks to the sandbox's control API
by its plain address, past the proxy that the client goes through.
"""

import asyncio
import copy
import inspect
import io
import json
import os
import queue
import sys
import threading
import traceback
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

SANDBOX = os.environ["SANDBOX"]
REFUSED = 300
WAITS_S = 60
TOKENS = ("/cgi-bin/token", "/v3/certificates")


class Anything(dict):
    """A mapping that has whatever is asked for."""

    def __missing__(self, key):
        return "1"


STAND_INS = ("2026-03-01", 1, ["2026-03-01"], Anything(a="b"), [Anything(a="b")])
PICTURE, JPEG = (str(Path(__file__).with_name(name)) for name in ("picture.png", "picture.jpg"))
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def control(verb, **body):
    """What the control API answers to an act."""
    asked = urllib.request.Request(
        f"{SANDBOX}/_sandbox/{verb}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with _OPENER.open(asked) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as refusal:
        raise ValueError(f"{verb}: {refusal.read().decode()}") from refusal


def look(noun, **query):
    """What the control API shows."""
    with _OPENER.open(f"{SANDBOX}/_sandbox/{noun}?{urlencode(query)}") as reply:
        return json.load(reply)


class Walk:
    """Every call of one client, in the order they were made."""

    def __init__(self):
        self.steps = []
        self._last = 0
        self._loop = asyncio.new_event_loop()

    def __call__(self, name, call, *, meets=()):
        """Make the call; `meets` are refusals (codes) that are right on the way. Gives what the client gives."""
        self._seen()
        got, problem = None, ""
        try:
            got = self.settled(call())
        except Exception as error:
            problem = _told(error)
        if isinstance(got, tuple) and isinstance(got[0], int) and got[0] >= REFUSED:  # wechatpayv3: (status, text)
            problem = f"{got[0]} {got[1]}"
        requests = self._seen(with_tokens=name.endswith("fetch_access_token"))
        if meets and requests and requests[-1]["code"] in meets:
            problem = ""
        self.steps.append({"call": name, "requests": requests, "problem": problem, "meets": list(meets)})
        return got

    def excuse(self, name, why):
        """Note a call that cannot be made, by a fault of the client itself."""
        self.steps.append({"call": name, "requests": [], "problem": "", "meets": [], "excuse": why})

    def chapter(self, go, *things):
        """Walk a part of the way; when it breaks off, that is a step that failed, and the next part still begins."""
        try:
            return go(*things)
        except Exception:
            told = traceback.format_exc(limit=-2)[-600:]
            self.steps.append(
                {"call": f"({go.__module__}.{go.__name__})", "requests": [], "problem": told, "meets": []}
            )

    def settled(self, got):
        """What a coroutine gives, or the thing itself; some clients give a coroutine that gives another."""
        while inspect.iscoroutine(got):
            got = self._loop.run_until_complete(got)
        return got

    def probe_rest(self, prefix, thing, *, hints=None, never=()):
        """Call all other public methods with stand-ins, to see which API each of them asks for.

        `hints` maps calls to arguments for those that look at them closely.
        """
        known = {step["call"] for step in self.steps}
        for name, method in inspect.getmembers(thing, callable):
            call = f"{prefix}.{name}" if prefix else name
            if name.startswith("_") or call in known or name in never or inspect.isclass(method):
                continue
            self._probe(call, method, (hints or {}).get(call, {}))

    def _probe(self, name, method, hint):
        self._seen()
        problem = "no request"
        for whole, stand_in in product((False, True), STAND_INS):
            try:
                got = self.settled(method(**{**_stand_ins(method, stand_in, whole=whole), **hint}))
                problem = "no request"
                if inspect.isgenerator(got):
                    next(got, None)
            except Exception as error:
                problem = _told(error)
            requests = self._seen()
            if requests:
                break
        self.steps.append({"call": name, "requests": requests, "problem": problem, "probed": True})

    def _seen(self, *, with_tokens=False):
        """Requests since the last look, without those for tokens, which clients make when they please."""
        calls = look("calls", after=self._last, limit=1000)["calls"]
        self._last = calls[-1]["id"] if calls else self._last
        told = [{"method": call["method"], "path": call["path"], "code": call["code"]} for call in calls]
        return [call for call in told if with_tokens or call["path"] not in TOKENS]

    def tell(self, **facts):
        """Print the walk as JSON."""
        json.dump({"steps": self.steps, **facts}, sys.stdout, ensure_ascii=False)


def _stand_ins(method, stand_in, *, whole):
    """An argument for every parameter, or for those that need one unless `whole`."""
    parameters = inspect.signature(method).parameters.values()
    starred = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    wanted = [one for one in parameters if one.kind not in starred and (whole or one.default is one.empty)]
    return {one.name: _like(one.name, stand_in) for one in wanted}


def _like(name, stand_in):
    if name in ("path", "filepath"):
        return PICTURE  # some are opened, and 1 would be this program's own output
    return io.BytesIO(b"\x89PNG") if name.endswith("file") or name == "media" else copy.deepcopy(stand_in)


def _told(error):
    return f"{type(error).__name__}: {error}"[:300]


class Push(NamedTuple):
    """One request of the sandbox to the receiver."""

    headers: dict
    body: bytes
    query: dict


class Receiver:
    """A server on the loopback that keeps what is pushed to it and answers 200."""

    def __init__(self):
        received = self._received = queue.Queue()

        class Keeping(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.put(Push(dict(self.headers), body, dict(parse_qsl(urlsplit(self.path).query))))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *words):
                del words

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Keeping)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self):
        """The next push, once everything due has been sent."""
        control("pump")
        return self._received.get(timeout=WAITS_S)
