"""The accounts file (`ROULIAN_WECHAT_ACCOUNTS_FILE`): TOML tables, each an account with its secrets.

`settings` reads it, `memory` enters what it says. docs/settings.md shows one.
"""

from dataclasses import replace

import msgspec

from roulian.gateways.wechat import AccountKeys
from roulian.tell import Account, AccountKind, BadAccount, Role, Secrets, check_account


class ListedAccount(msgspec.Struct, forbid_unknown_fields=True):
    """One table `[[account]]`: an account as it stands in the matrix, and what lets us speak for it. Never logged."""

    appid: str
    secret: str
    kind: AccountKind
    name: str
    callback_token: str = ""
    callback_aes_key: str = ""
    role: Role | None = None
    audience: str = ""

    def __repr__(self) -> str:
        """Which account, and none of its secrets."""
        return f"ListedAccount({self.appid})"

    def keys(self) -> AccountKeys:
        """What the gateway speaks with."""
        return AccountKeys(self.appid, self.secret, self.callback_token, self.callback_aes_key)

    def secrets(self) -> Secrets:
        """What the matrix seals."""
        return Secrets(self.secret, self.callback_token, self.callback_aes_key)

    def row(self) -> Account:
        """The matrix's row; without a role of its own, the one its kind usually has."""
        usual = Account.of(self.appid, kind=self.kind, name=self.name)
        return replace(usual, role=self.role or usual.role, audience=self.audience)


class AccountsFile(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file."""

    account: tuple[ListedAccount, ...] = ()


def checked(listed: tuple[ListedAccount, ...]) -> tuple[ListedAccount, ...]:
    """The same accounts; raises `BadAccount`, naming the account, for one that cannot be right."""
    for one in listed:
        try:
            check_account(one.row(), one.secrets())
        except BadAccount as bad:
            raise BadAccount(f"{one.appid}, {bad.why}") from bad
    return listed
