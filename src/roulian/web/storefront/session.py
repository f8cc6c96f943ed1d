"""One login: a wx.login code becomes a member and a session token."""

import msgspec

from roulian import people
from roulian.gateways.wechat import CodeSession, Reaction, reaction_to
from roulian.store import Tx
from roulian.web.storefront.deps import NotSignedIn, StoreDeps, caller
from roulian.web.wire import Call, Reply
from roulian.words import Rejected


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """The code wx.login gave the mini-program, good once, for five minutes; and the member's region where it is known."""

    code: str
    region: str = ""


class AboutMe(msgspec.Struct, forbid_unknown_fields=True):
    """Where the member lives: a province by its short Chinese name."""

    region: str


async def sign_in(deps: StoreDeps, call: Call) -> Reply:
    """Exchange the code with WeChat, then open a session for its member."""
    wanted = msgspec.json.decode(call.body, type=SignIn)
    session = await _exchanged(deps, wanted.code)

    def work(tx: Tx) -> tuple[str, str]:
        member = people.sign_in(tx, appid=deps.appid, openid=session.openid, unionid=session.unionid)
        if wanted.region:
            people.settle_in(tx, member, region=wanted.region)
        return member, people.open_session(tx, member, chance=deps.chance)

    member, token = await deps.store.run(work, cause="web.session")
    return Reply.json(
        {
            "token": token,
            "member": member,
            "templates": deps.templates,
            "deposit_templates": deps.deposit_templates,
            "substitute_templates": deps.substitute_templates,
        }
    )


async def _exchanged(deps: StoreDeps, code: str) -> CodeSession:
    try:
        return await deps.wechat.login.code_session(deps.appid, code)
    except Rejected as error:
        if reaction_to(error) is Reaction.LOG_IN_AGAIN:
            raise NotSignedIn from error
        raise


async def settle_in(deps: StoreDeps, call: Call) -> Reply:
    """Remember the member's region."""
    wanted = msgspec.json.decode(call.body, type=AboutMe)

    def work(tx: Tx) -> None:
        people.settle_in(tx, caller(tx, call.token()), region=wanted.region)

    await deps.store.run(work, cause="web.member")
    return Reply.json({"region": wanted.region})
