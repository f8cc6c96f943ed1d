"""The document store's API: statements in, documents as JSON texts out.

Source: developers.weixin.qq.com, databaseQuery, Add, Update, Delete, Count, Aggregate, CollectionAdd, -Get, -Delete.
Of an aggregation match, sort, skip and limit are done; its other stages are refused (-502001).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from wechat_sandbox.mini_program.cloud import documents
from wechat_sandbox.mini_program.cloud.environments import REFUSED, check_env
from wechat_sandbox.mini_program.cloud.statements import BadStatementError, Call, Command, read
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

MOST_COLLECTIONS = 100


class Statement(msgspec.Struct):
    """Body of every call with a statement."""

    env: str = ""
    query: str = ""


class Collection(msgspec.Struct):
    """Body of databasecollectionadd and -delete."""

    env: str = ""
    collection_name: str = ""


class Collections(msgspec.Struct):
    """Body of databasecollectionget."""

    env: str = ""
    limit: int = 10
    offset: int = 0


Work = Callable[[State, str, str, tuple[Call, ...], Call], Body]


def _stated(work: Work, state: State, request: Request) -> Body:
    """The work's answer; raises `ApiError` -502001 for what is no statement of its kind, -502005 for no collection."""
    body = parsed(request, Statement)
    check_env(state, request.caller, body.env)
    try:
        collection, calls, last = _split(body.query)
        if not _exists(state, body.env, collection):
            raise ApiError(-502005)
        return {"errcode": 0, "errmsg": "ok", **work(state, body.env, collection, calls, last)}
    except BadStatementError as error:
        raise ApiError(-502001, f"database request fail: {error}") from error


def _split(text: str) -> tuple[str, tuple[Call, ...], Call]:
    match read(text):
        case (Call("collection", (str() as collection,)), *between, last):
            return collection, tuple(between), last
        case _:
            raise BadStatementError(text)


def _exists(state: State, env: str, collection: str) -> bool:
    known = state.value("SELECT 1 FROM cloud_collections WHERE env = ? AND collection = ?", env, collection)
    return known is not None


def _texts(found: documents.Page) -> Body:
    pager = {"Offset": found.skipped, "Limit": found.limit, "Total": found.total}
    return {"pager": pager, "data": [msgspec.json.encode(document).decode() for document in found.documents]}


def _every(state: State, env: str, collection: str, calls: tuple[Call, ...]) -> tuple[documents.Document, ...]:
    wheres = tuple(call for call in calls if call.name in ("where", "doc"))
    if len(wheres) != len(calls):
        raise BadStatementError("only where and doc select what is changed")
    return documents.found(state, env, collection, (*wheres, Call("limit", (documents.MOST_LIMIT,)))).documents


def query(state: State, env: str, collection: str, calls: tuple[Call, ...], last: Call) -> Body:
    """POST /tcb/databasequery: the documents found; ten unless told, a thousand at most."""
    if last != Call("get", ()):
        raise BadStatementError(last.name)
    return _texts(documents.found(state, env, collection, calls))


def count(state: State, env: str, collection: str, calls: tuple[Call, ...], last: Call) -> Body:
    """POST /tcb/databasecount: how many there are."""
    if last != Call("count", ()):
        raise BadStatementError(last.name)
    return {"count": documents.found(state, env, collection, calls).total}


def aggregate(state: State, env: str, collection: str, calls: tuple[Call, ...], last: Call) -> Body:
    """POST /tcb/databaseaggregate: the documents that match, sorted and cut."""
    if last != Call("end", ()) or not calls or calls[0] != Call("aggregate", ()):
        raise BadStatementError(last.name)
    found = documents.found(state, env, collection, calls[1:])
    return {"data": _texts(found)["data"]}


def add(state: State, env: str, collection: str, calls: tuple[Call, ...], last: Call) -> Body:
    """POST /tcb/databaseadd: the ids of the new documents."""
    match last:
        case Call("add", ({"data": data},)) if not calls:
            rows = data if isinstance(data, list) else [data]
        case _:
            raise BadStatementError(last.name)
    if not rows or not all(isinstance(row, dict) for row in rows) or _has_command(rows):
        raise BadStatementError("data")
    known = {document["_id"] for document in documents.all_of(state, env, collection)}
    given = [row["_id"] for row in rows if "_id" in row]
    if not all(isinstance(number, str) and number for number in given):
        raise BadStatementError("_id")
    if known & set(given) or len(given) != len(set(given)):
        raise BadStatementError("duplicate _id")
    return {"id_list": [documents.insert(state, env, collection, row) for row in rows]}


def _has_command(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_command(one) for one in value.values())
    if isinstance(value, list):
        return any(_has_command(one) for one in value)
    return isinstance(value, Command)


def update(state: State, env: str, collection: str, calls: tuple[Call, ...], last: Call) -> Body:
    """POST /tcb/databaseupdate: how many documents matched and how many changed."""
    match last:
        case Call("update", ({"data": dict() as changes},)):
            pass
        case _:
            raise BadStatementError(last.name)
    plain = [change for change in changes.values() if not isinstance(change, Command)]
    told = [change.arguments for change in changes.values() if isinstance(change, Command)]
    if "_id" in changes or _has_command(plain) or any(_has_command(list(arguments)) for arguments in told):
        raise BadStatementError("data")
    matched = _every(state, env, collection, calls)
    after = [documents.changed(document, changes) for document in matched]
    modified = [new for old, new in zip(matched, after, strict=True) if new != old]
    for document in modified:
        documents.replace(state, env, collection, document)
    return {"matched": len(matched), "modified": len(modified), "id": ""}


def delete(state: State, env: str, collection: str, calls: tuple[Call, ...], last: Call) -> Body:
    """POST /tcb/databasedelete: how many documents are gone."""
    if last != Call("remove", ()):
        raise BadStatementError(last.name)
    gone = _every(state, env, collection, calls)
    for document in gone:
        documents.remove(state, env, collection, document)
    return {"deleted": len(gone)}


def collection_add(state: State, request: Request) -> Body:
    """POST /tcb/databasecollectionadd: an empty collection (-502001 when there is one of this name)."""
    body = parsed(request, Collection)
    check_env(state, request.caller, body.env)
    if not body.collection_name or _exists(state, body.env, body.collection_name):
        raise ApiError(-502001)
    state.run("INSERT INTO cloud_collections VALUES (?, ?)", body.env, body.collection_name)
    return {"errcode": 0, "errmsg": "ok"}


def collection_delete(state: State, request: Request) -> Body:
    """POST /tcb/databasecollectiondelete: the collection and its documents are gone (-502005 when there is none)."""
    body = parsed(request, Collection)
    check_env(state, request.caller, body.env)
    if not _exists(state, body.env, body.collection_name):
        raise ApiError(-502005)
    for table in ("cloud_collections", "cloud_documents"):
        state.run(f"DELETE FROM {table} WHERE env = ? AND collection = ?", body.env, body.collection_name)
    return {"errcode": 0, "errmsg": "ok"}


def collection_get(state: State, request: Request) -> Body:
    """POST /tcb/databasecollectionget: the collections and how many documents each has."""
    body = parsed(request, Collections)
    check_env(state, request.caller, body.env)
    if not 1 <= body.limit <= MOST_COLLECTIONS or body.offset < 0:
        raise ApiError(40097)
    rows = state.all(
        "SELECT c.collection AS name, COUNT(d.n) AS count, COALESCE(SUM(LENGTH(d.document)), 0) AS size"
        " FROM cloud_collections c LEFT JOIN cloud_documents d ON d.env = c.env AND d.collection = c.collection"
        " WHERE c.env = ? GROUP BY c.collection ORDER BY c.collection",
        body.env,
    )
    shown = [{**dict(row), "index_count": 1, "index_size": 0} for row in rows]
    pager = {"Offset": body.offset, "Limit": body.limit, "Total": len(rows)}
    page = shown[body.offset : body.offset + body.limit]
    return {"errcode": 0, "errmsg": "ok", "pager": pager, "collections": page}


STATED = (*REFUSED, -502001, -502005)
ROUTES = (
    Route("POST", "/tcb/databasequery", Door.TOKEN, partial(_stated, query), refuses=STATED),
    Route("POST", "/tcb/databaseadd", Door.TOKEN, partial(_stated, add), refuses=STATED),
    Route("POST", "/tcb/databaseupdate", Door.TOKEN, partial(_stated, update), refuses=STATED),
    Route("POST", "/tcb/databasedelete", Door.TOKEN, partial(_stated, delete), refuses=STATED),
    Route("POST", "/tcb/databasecount", Door.TOKEN, partial(_stated, count), refuses=STATED),
    Route("POST", "/tcb/databaseaggregate", Door.TOKEN, partial(_stated, aggregate), refuses=STATED),
    Route("POST", "/tcb/databasecollectionadd", Door.TOKEN, collection_add, refuses=(*REFUSED, -502001)),
    Route("POST", "/tcb/databasecollectiondelete", Door.TOKEN, collection_delete, refuses=(*REFUSED, -502005)),
    Route("POST", "/tcb/databasecollectionget", Door.TOKEN, collection_get, refuses=(*REFUSED, 40097)),
)
