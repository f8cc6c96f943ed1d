"""The APIs of mini-programs, subject by subject."""

from wechat_sandbox.mini_program import (
    cards,
    codes,
    links,
    login,
    paid_unionid,
    phone_numbers,
    safety,
    sessions,
    subscriptions,
    templates,
)
from wechat_sandbox.mini_program.cloud import database, files, functions

ROUTES = (
    *login.ROUTES,
    *sessions.ROUTES,
    *phone_numbers.ROUTES,
    *paid_unionid.ROUTES,
    *templates.ROUTES,
    *subscriptions.ROUTES,
    *cards.ROUTES,
    *codes.ROUTES,
    *links.ROUTES,
    *safety.ROUTES,
    *functions.ROUTES,
    *database.ROUTES,
    *files.ROUTES,
)
