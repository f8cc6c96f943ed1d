"""What the ring learns from its own motion: sales become demand, taps become consent."""

from roulian import people, sell, sense, tell
from roulian.gateways import wechat
from roulian.store import Tx


def sale(tx: Tx, event: sell.OrderPaid) -> None:
    """A paid order is demand on the day it was paid, in the buyer's region."""
    order = sell.order(tx, event.order)
    sense.sold(
        tx,
        tuple(
            sense.Sale(
                source=f"{order.id}:{line.sku}",
                sku=line.sku,
                region=order.region,
                day=tx.now.day(),
                units=line.qty,
                price_fen=line.price_fen,
            )
            for line in order.lines
        ),
    )


def consent_taps(tx: Tx, appid: str, said: wechat.Message) -> None:
    """Taps on the subscription pop-up enter the consent ledger, each once."""
    for tap in wechat.accepted(said):
        member = people.member_by_openid(tx, appid=appid, openid=tap.openid)
        if member is not None:
            tell.grant(tx, member, template=tap.template, n=1, source=tap.key)


def consent_changes(tx: Tx, appid: str, said: wechat.Message) -> None:
    """A member who switched a subscription off in WeChat's own settings is not written to again."""
    for tap in wechat.withdrawn(said):
        member = people.member_by_openid(tx, appid=appid, openid=tap.openid)
        if member is not None:
            tell.withdraw(tx, member, template=tap.template, source=tap.key)
