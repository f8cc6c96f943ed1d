"""The privacy guide (用户隐私保护指引) of a mini-program: what it says it collects, and what happens when it did not say.

Only a third-party platform sets the guide through these APIs (48001 with the account's own token); others declare in
the console, which is the control API here. What a platform sets is a draft until the next release goes live. An
account whose guide was never touched has declared everything, so that nobody stumbles who does not test this.
Source: developers.weixin.qq.com, 配置小程序用户隐私保护指引.
"""

from collections.abc import Iterable

import msgspec

from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.tokens import holder_of
from wechat_sandbox.wire import ApiError, Body, ControlError, Int64, Request, form_parts, parsed

ONLINE, DRAFT = 1, 2
MOST_REASON = 300
LABELS = {
    "UserInfo": "用户信息(微信昵称、头像)",
    "Location": "位置信息",
    "Address": "地址",
    "Invoice": "发票信息",
    "RunData": "微信运动数据",
    "Record": "麦克风",
    "Album": "选中的照片或视频信息",
    "Camera": "摄像头",
    "PhoneNumber": "手机号码",
    "Contact": "通讯录(仅写入)权限",
    "DeviceInfo": "设备信息",
    "EXIDNumber": "身份证号码",
    "EXOrderInfo": "订单信息",
    "EXUserPublishContent": "发布内容",
    "EXUserFollowAcct": "所关注账号",
    "EXUserOpLog": "操作日志",
    "AlbumWriteOnly": "相册(仅写入)权限",
    "LicensePlate": "车牌号",
    "BlueTooth": "蓝牙",
    "CalendarWriteOnly": "日历(仅写入)权限",
    "Email": "邮箱",
    "MessageFile": "选中的文件",
}
WAITING, NO_RIGHT, APPLYING, REFUSED, OPENED = 1, 2, 3, 4, 5
INTERFACES = {
    "wx.getLocation": "获取当前的地理位置、速度",
    "wx.onLocationChange": "监听实时地理位置变化事件",
    "wx.startLocationUpdate": "接收位置消息(前台)",
    "wx.startLocationUpdateBackground": "接收位置消息(前后台)",
    "wx.getFuzzyLocation": "获取模糊地理位置",
    "wx.choosePoi": "选择位置,支持模糊定位",
    "wx.chooseLocation": "打开地图选择位置",
    "wx.chooseAddress": "获取用户收货地址",
}


class Owner(msgspec.Struct):
    """Who collects: one way of contact at least, and how changes are announced."""

    contact_email: str = ""
    contact_phone: str = ""
    contact_qq: str = ""
    contact_weixin: str = ""
    ext_file_media_id: str = ""
    notice_method: str = ""
    store_expire_timestamp: str = ""


class Setting(msgspec.Struct):
    """One kind of data and what it is used for."""

    privacy_key: str = ""
    privacy_text: str = ""


class SetGuide(msgspec.Struct):
    """Body of setprivacysetting."""

    owner_setting: Owner | None = None
    setting_list: list[Setting] | None = None
    privacy_ver: Int64 = DRAFT


class GetGuide(msgspec.Struct):
    """Body of getprivacysetting."""

    privacy_ver: Int64 = DRAFT


class Apply(msgspec.Struct):
    """Body of apply_privacy_interface."""

    api_name: str = ""
    content: str = ""
    url_list: list[str] = []
    pic_list: list[str] = []
    video_list: list[str] = []


def _check_platform(state: State, request: Request) -> None:
    if not holder_of(state, request.query.get("access_token", "")).platform:
        raise ApiError(48001)


def declared_keys(state: State, appid: str) -> frozenset[str]:
    """The kinds of data that the account's live guide declares."""
    text = state.value("SELECT settings FROM privacy_guides WHERE appid = ? AND version = ?", appid, ONLINE)
    if text is None:
        return frozenset(LABELS)
    return frozenset(setting.privacy_key for setting in msgspec.json.decode(text, type=list[Setting]))


def check_declared(state: State, appid: str, key: str, *, asked_by: str) -> None:
    """The phone shows `asked_by` (an interface's name) only when `key` is declared in the live guide.

    Raises `ControlError` as the phone fails: errno 112. Nothing is checked with `privacy_enforced` off.
    """
    if state.settings.privacy_enforced and key not in declared_keys(state, appid):
        message = f"{asked_by}:fail api scope is not declared in the privacy agreement, errno: 112 ({key})"
        raise ControlError("privacy_not_declared", message)


def declare(state: State, appid: str, keys: Iterable[str]) -> None:
    """The developer has declared exactly these kinds of data in the console, and they are live."""
    settings = [Setting(key, LABELS.get(key, key)) for key in keys]
    _keep(state, appid, ONLINE, owner=Owner(notice_method="弹窗"), settings=settings)


def release(state: State, appid: str) -> bool:
    """Whether there was a draft, which is live now: the code was audited and released."""
    row = state.one("SELECT * FROM privacy_guides WHERE appid = ? AND version = ?", appid, DRAFT)
    if row is None:
        return False
    state.run(
        "INSERT OR REPLACE INTO privacy_guides VALUES (?, ?, ?, ?, ?)",
        appid,
        ONLINE,
        row["owner"],
        row["settings"],
        row["updated_s"],
    )
    return True


def _keep(state: State, appid: str, version: int, *, owner: Owner, settings: list[Setting]) -> None:
    state.run(
        "INSERT OR REPLACE INTO privacy_guides VALUES (?, ?, ?, ?, ?)",
        appid,
        version,
        msgspec.json.encode(owner).decode(),
        msgspec.json.encode(settings).decode(),
        state.now_s,
    )


def get_guide(state: State, request: Request) -> Body:
    """POST component/getprivacysetting: the live guide (1) or the draft (2), and every key there is; 86071."""
    _check_platform(state, request)
    version = parsed(request, GetGuide).privacy_ver
    if version not in (ONLINE, DRAFT):
        raise ApiError(86071)
    row = state.one("SELECT * FROM privacy_guides WHERE appid = ? AND version = ?", request.caller, version)
    settings = msgspec.json.decode(row["settings"], type=list[Setting]) if row is not None else []
    owner = msgspec.json.decode(row["owner"], type=Owner) if row is not None else Owner()
    return {
        "errcode": 0,
        "errmsg": "ok",
        "code_exist": 1,
        "privacy_list": [],
        "setting_list": [
            {
                "privacy_key": setting.privacy_key,
                "privacy_text": setting.privacy_text,
                "privacy_label": LABELS.get(setting.privacy_key, setting.privacy_key),
            }
            for setting in settings
        ],
        "update_time": row["updated_s"] if row is not None else 0,
        "owner_setting": msgspec.to_builtins(owner),
        "privacy_desc": {
            "privacy_desc_list": [{"privacy_key": key, "privacy_desc": text} for key, text in LABELS.items()]
        },
    }


def set_guide(state: State, request: Request) -> Body:
    """POST component/setprivacysetting: the draft (2), or the owner's data of the live guide (1).

    Refuses a missing owner, contact or notice method (86069), a bad version (86071), a live guide that does not
    exist (86074), and a list that is empty, unclear, or given for the live guide (40097).
    """
    _check_platform(state, request)
    body = parsed(request, SetGuide)
    owner, settings = body.owner_setting, body.setting_list
    if body.privacy_ver not in (ONLINE, DRAFT):
        raise ApiError(86071)
    if owner is None or not owner.notice_method or not _has_contact(owner):
        raise ApiError(86069)
    if body.privacy_ver == ONLINE:
        return _set_live_owner(state, request.caller, owner, settings)
    if not settings or not all(setting.privacy_key and setting.privacy_text for setting in settings):
        raise ApiError(40097)
    _keep(state, request.caller, DRAFT, owner=owner, settings=settings)
    return {"errcode": 0, "errmsg": "ok"}


def _has_contact(owner: Owner) -> bool:
    return bool(owner.contact_email or owner.contact_phone or owner.contact_qq or owner.contact_weixin)


def _set_live_owner(state: State, appid: str, owner: Owner, settings: list[Setting] | None) -> Body:
    if settings is not None:
        raise ApiError(40097)
    row = state.one("SELECT settings FROM privacy_guides WHERE appid = ? AND version = ?", appid, ONLINE)
    if row is None:
        raise ApiError(86074)
    kept = msgspec.json.decode(row["settings"], type=list[Setting])
    _keep(state, appid, ONLINE, owner=owner, settings=kept)
    return {"errcode": 0, "errmsg": "ok"}


def upload_file(state: State, request: Request) -> Body:
    """POST component/uploadprivacyextfile: the id of the guide's own text file (form field `file`); 41005."""
    _check_platform(state, request)
    part = form_parts(request).get("file")
    if part is None or not part.content:
        raise ApiError(41005)
    media_id = state.draw_text(64)
    state.run("INSERT INTO privacy_files VALUES (?, ?)", media_id, request.caller)
    return {"errcode": 0, "errmsg": "ok", "ext_file_media_id": media_id}


def apply_interface(state: State, request: Request) -> Body:
    """POST /wxa/security/apply_privacy_interface: applied for; 61031 while under review, 61032 when already open."""
    _check_platform(state, request)
    body = parsed(request, Apply)
    if body.api_name not in INTERFACES or not body.content or len(body.content) > MOST_REASON:
        raise ApiError(40097)
    status = state.value(
        "SELECT status FROM privacy_interfaces WHERE appid = ? AND api_name = ?", request.caller, body.api_name
    )
    if status in (APPLYING, OPENED):
        raise ApiError(61031 if status == APPLYING else 61032)
    audit_id = int(state.serial_digits(9))
    state.run(
        "INSERT OR REPLACE INTO privacy_interfaces VALUES (?, ?, ?, ?, ?, '')",
        request.caller,
        body.api_name,
        audit_id,
        state.now_s,
        APPLYING,
    )
    return {"errcode": 0, "errmsg": "ok", "audit_id": audit_id}


def judge_interface(state: State, appid: str, api_name: str, *, reason: str) -> bool:
    """Whether an application waited, which is now opened, or refused when there is a reason."""
    judged = state.run(
        "UPDATE privacy_interfaces SET status = ?, fail_reason = ? WHERE appid = ? AND api_name = ? AND status = ?",
        REFUSED if reason else OPENED,
        reason,
        appid,
        api_name,
        APPLYING,
    )
    return judged.rowcount > 0


def get_interfaces(state: State, request: Request) -> Body:
    """GET /wxa/security/get_privacy_interface: every such interface and where the account stands with it."""
    _check_platform(state, request)
    rows = {
        row["api_name"]: row for row in state.all("SELECT * FROM privacy_interfaces WHERE appid = ?", request.caller)
    }
    listed = []
    for name, text in INTERFACES.items():
        item: dict[str, object] = {
            "api_name": name,
            "api_ch_name": text,
            "api_desc": text,
            "status": WAITING,
            "api_link": f"https://developers.weixin.qq.com/miniprogram/dev/api/location/{name}.html",
            "group_name": "地理位置",
        }
        if name in rows:
            row = rows[name]
            item |= {"status": row["status"], "apply_time": row["applied_s"], "audit_id": row["audit_id"]}
            item |= {"fail_reason": row["fail_reason"]} if row["fail_reason"] else {}
        listed.append(item)
    return {"errcode": 0, "errmsg": "ok", "interface_list": listed}


ROUTES = (
    Route("POST", "/cgi-bin/component/getprivacysetting", Door.TOKEN, get_guide, (48001, 86071)),
    Route("POST", "/cgi-bin/component/setprivacysetting", Door.TOKEN, set_guide, (40097, 48001, 86069, 86071, 86074)),
    Route("POST", "/cgi-bin/component/uploadprivacyextfile", Door.TOKEN, upload_file, (41005, 48001)),
    Route("POST", "/wxa/security/apply_privacy_interface", Door.TOKEN, apply_interface, (40097, 48001, 61031, 61032)),
    Route("GET", "/wxa/security/get_privacy_interface", Door.TOKEN, get_interfaces, (48001,)),
)
