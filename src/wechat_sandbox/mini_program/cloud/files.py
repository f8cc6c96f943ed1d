"""Cloud files: a ticket to upload with, the upload itself, links to download, and removal.

The upload goes to the object store's host in real life; here `/tcb-files/{env}` takes the same form and serves what
it took. Source: developers.weixin.qq.com, uploadFile (and 上传文件 there), batchDownloadFile, batchDeleteFile.
"""

from urllib.parse import quote

import msgspec

from wechat_sandbox.mini_program.cloud.environments import REFUSED, check_env
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Reply, Request, form_parts, parsed

HOST = "https://cos.ap-shanghai.myqcloud.com"
MOST_FILES = 50


class UploadFile(msgspec.Struct):
    """Body of uploadfile."""

    env: str = ""
    path: str = ""


class Wanted(msgspec.Struct):
    """One file and for how many seconds its link shall live."""

    fileid: str = ""
    max_age: int = 7200


class DownloadFiles(msgspec.Struct):
    """Body of batchdownloadfile."""

    env: str = ""
    file_list: list[Wanted] = []


class DeleteFiles(msgspec.Struct):
    """Body of batchdeletefile."""

    env: str = ""
    fileid_list: list[str] = []


def _file_id(state: State, env: str, path: str) -> str:
    return f"cloud://{env}.{state.hashed('cloud bucket', env, size=4).hex()}-{env}/{path}"


def _proof(state: State, env: str, path: str) -> str:
    return state.hashed("cloud upload", env, path, size=20).hex()


def upload_file(state: State, request: Request) -> Body:
    """POST /tcb/uploadfile: where and with what to upload the file; 40097 without a path."""
    body = parsed(request, UploadFile)
    check_env(state, request.caller, body.env)
    if not body.path:
        raise ApiError(40097)
    file_id = _file_id(state, body.env, body.path)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "url": f"{HOST}/tcb-files/{body.env}",
        "token": state.hashed("cloud token", body.env, size=16).hex(),
        "authorization": _proof(state, body.env, body.path),
        "file_id": file_id,
        "cos_file_id": state.hashed("cos file", file_id, size=32).hex(),
    }


def take_upload(state: State, request: Request) -> Reply:
    """POST /tcb-files/{env}: the form of the object store: key, Signature, x-cos-security-token, file; 204, or 403."""
    env, parts = request.parts[0], form_parts(request)
    fields = {name: part.content.decode(errors="replace") for name, part in parts.items() if name != "file"}
    path = fields.get("key", "")
    if "file" not in parts or fields.get("Signature") != _proof(state, env, path):
        return Reply(403, b"<Error><Code>AccessDenied</Code></Error>", (("content-type", "application/xml"),), "403")
    state.run("INSERT OR REPLACE INTO cloud_files VALUES (?, ?, ?)", env, path, parts["file"].content)
    return Reply(204, b"")


def serve_file(state: State, request: Request) -> Reply:
    """GET /tcb-files/{env}?key=: the file; 404 when there is none."""
    row = state.one(
        "SELECT content FROM cloud_files WHERE env = ? AND path = ?", request.parts[0], request.query.get("key", "")
    )
    if row is None:
        return Reply(404, b"<Error><Code>NoSuchKey</Code></Error>", (("content-type", "application/xml"),), "404")
    return Reply(200, row["content"], (("content-type", "application/octet-stream"),))


def download_files(state: State, request: Request) -> Body:
    """POST /tcb/batchdownloadfile: a link for each file, fifty at most; status -503003 for one that is not there."""
    body = parsed(request, DownloadFiles)
    check_env(state, request.caller, body.env)
    if not 1 <= len(body.file_list) <= MOST_FILES:
        raise ApiError(40097)
    shown = [_link(state, body.env, wanted.fileid) for wanted in body.file_list]
    return {"errcode": 0, "errmsg": "ok", "file_list": shown}


def _path(state: State, env: str, file_id: str) -> str | None:
    """The path of a file that is there, or None."""
    path = file_id.removeprefix(_file_id(state, env, ""))
    known = state.value("SELECT 1 FROM cloud_files WHERE env = ? AND path = ?", env, path)
    return path if known is not None and path != file_id else None


def _link(state: State, env: str, file_id: str) -> Body:
    path = _path(state, env, file_id)
    if path is None:
        return {"fileid": file_id, "download_url": "", "status": -503003, "errmsg": "storage file not exists"}
    url = f"{HOST}/tcb-files/{env}?key={quote(path)}"
    return {"fileid": file_id, "download_url": url, "status": 0, "errmsg": "ok"}


def delete_files(state: State, request: Request) -> Body:
    """POST /tcb/batchdeletefile: the files are gone, fifty at most; status -503003 for one that was not there."""
    body = parsed(request, DeleteFiles)
    check_env(state, request.caller, body.env)
    if not 1 <= len(body.fileid_list) <= MOST_FILES:
        raise ApiError(40097)
    gone = []
    for file_id in body.fileid_list:
        path = _path(state, body.env, file_id)
        state.run("DELETE FROM cloud_files WHERE env = ? AND path = ?", body.env, path)
        text = "ok" if path is not None else "storage file not exists"
        gone.append({"fileid": file_id, "status": 0 if path is not None else -503003, "errmsg": text})
    return {"errcode": 0, "errmsg": "ok", "delete_list": gone}


ROUTES = (
    Route("POST", "/tcb/uploadfile", Door.TOKEN, upload_file, refuses=(*REFUSED, 40097)),
    Route("POST", "/tcb/batchdownloadfile", Door.TOKEN, download_files, refuses=(*REFUSED, 40097)),
    Route("POST", "/tcb/batchdeletefile", Door.TOKEN, delete_files, refuses=(*REFUSED, 40097)),
    Route("POST", "/tcb-files/{}", Door.OPEN, take_upload),
    Route("GET", "/tcb-files/{}", Door.OPEN, serve_file),
)
