"""Every API of the open platform."""

from wechat_sandbox.component import authorizers, login_page, open_accounts, privacy, sns, tickets

ROUTES = (
    *tickets.ROUTES,
    *login_page.ROUTES,
    *authorizers.ROUTES,
    *sns.ROUTES,
    *open_accounts.ROUTES,
    *privacy.ROUTES,
)
