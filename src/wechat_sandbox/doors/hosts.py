"""The hosts that clients of WeChat call: what the certificate names, the proxy carries and `preload.cjs` re-routes.

One list, `hosts.json`, because Node reads it too. General, backup (`api2`) and regional hosts of both APIs, the pages'
hosts, where uploaded pictures are fetched from, and the cloud's file store.
"""

import importlib.resources
import json
from pathlib import Path

FOLDER = Path(str(importlib.resources.files("wechat_sandbox").joinpath("doors")))
PRELOAD = FOLDER / "preload.cjs"
DOMAINS = ("weixin.qq.com", "wechatpay.cn", "qpic.cn", "qlogo.cn", "myqcloud.com")
"""What the local authority may sign for: every host of the list lies below one of these."""


def hosts() -> tuple[str, ...]:
    """Every host the sandbox answers for, in alphabetical order."""
    return tuple(json.loads((FOLDER / "hosts.json").read_text("utf-8")))
