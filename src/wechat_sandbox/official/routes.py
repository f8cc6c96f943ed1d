"""The APIs of official accounts, subject by subject."""

from wechat_sandbox.official import (
    addresses,
    blacklist,
    customer_messages,
    followers,
    mass,
    menus,
    one_time,
    qrcodes,
    records,
    staff,
    subscribe_notices,
    tags,
    template_messages,
    templates,
    tickets,
    web_login,
)

ROUTES = (
    *web_login.ROUTES,
    *tickets.ROUTES,
    *addresses.ROUTES,
    *followers.ROUTES,
    *tags.ROUTES,
    *blacklist.ROUTES,
    *menus.ROUTES,
    *qrcodes.ROUTES,
    *templates.ROUTES,
    *template_messages.ROUTES,
    *subscribe_notices.ROUTES,
    *one_time.ROUTES,
    *customer_messages.ROUTES,
    *staff.ROUTES,
    *records.ROUTES,
    *mass.ROUTES,
)
