"""Notices: told once, through the first open door, paid for from the consent ledger."""

import pytest
import sqlalchemy as sa

from builders import SHOP, limits_of
from roulian import tell
from roulian.store import Store
from roulian.tell import Door, NewNotice, NoticeStatus, Scenario
from roulian.tell.model import MissingFacts, UnknownNotice
from roulian.words import ArticleId, Day, MemberId, NoticeId, SkuId

MEMBER = MemberId("mem_1")
TEMPLATE = "tmpl_delay"
SENDERS = (tell.Sender(SHOP, tell.AccountKind.MINI_PROGRAM, {Scenario.DELAY: TEMPLATE}),)
LIMITS = limits_of({Door.SUBSCRIBE: 100, Door.USER_NOTIFY: 100})
FACTS = {
    "item": "白色心形吊灯(大号,含灯泡与安装配件)",
    "promised_day": "2026-03-19",
    "was_day": "2026-03-12",
    "reason": "供应商晨光灯具的玻璃灯罩晚到 7 天,我们已改用空运,尽力追回",
}


def a_delay(*, key: str = "pro_1", member: MemberId = MEMBER) -> NewNotice:
    return NewNotice(key=key, member=member, scenario=Scenario.DELAY, about="ord_1", facts=FACTS)


def queued(store: Store, new: NewNotice) -> NoticeId:
    (ident,) = store.call(lambda tx: tell.queue(tx, [new]))
    return ident


def granted(store: Store, n: int, *, source: str = "tap-1") -> None:
    store.call(lambda tx: tell.grant(tx, MEMBER, template=TEMPLATE, n=n, source=source))


def tried(store: Store, notice: NoticeId, *, limits: tell.Limits = LIMITS) -> tell.Attempt | None:
    return store.call(lambda tx: tell.next_attempt(tx, notice, senders=SENDERS, limits=limits))


def refused(store: Store, notice: NoticeId, door: Door, code: str) -> None:
    store.call(lambda tx: tell.refused(tx, notice, door=door, code=code, senders=SENDERS, limits=LIMITS))


def found(store: Store, notice: NoticeId) -> tell.Notice:
    return store.read(lambda tx: tell.notices(tx, [notice]))[notice]


def left(store: Store) -> int:
    return store.read(lambda tx: tell.consents(tx, [MEMBER]))[MEMBER].get(TEMPLATE, 0)


def jobs(store: Store) -> list[tuple[str, str]]:
    return store.read(
        lambda tx: tx.rows(sa.text("SELECT key, body FROM store_jobs WHERE kind = 'tell.send' ORDER BY id"))
    )


def events(store: Store) -> list[str]:
    return [row[0] for row in store.read(lambda tx: tx.rows(sa.text("SELECT kind FROM store_events ORDER BY id")))]


def test_a_member_is_told_the_same_fact_once(store):
    notice = queued(store, a_delay())

    assert store.call(lambda tx: tell.queue(tx, [a_delay()])) == ()
    assert len(store.call(lambda tx: tell.queue(tx, [a_delay(member=MemberId("mem_2")), a_delay(key="pro_2")]))) == 2
    assert (notice, notice) in jobs(store)
    assert len(jobs(store)) == 3


def test_a_notice_without_its_facts_is_a_bug():
    with pytest.raises(MissingFacts):
        NewNotice(key="k", member=MEMBER, scenario=Scenario.DELAY, about="ord_1", facts={"item": "灯"})


def test_a_delay_spends_a_consent_and_says_day_and_reason(store):
    granted(store, 2)
    notice = queued(store, a_delay())

    attempt = tried(store, notice)
    assert attempt is not None
    store.call(lambda tx: tell.sent(tx, notice, door=attempt.door))

    assert (attempt.door, attempt.template) == (Door.SUBSCRIBE, TEMPLATE)
    assert attempt.values["date3"] == "2026-03-19"
    assert attempt.values["thing5"] == "供应商晨光灯具的玻璃灯罩晚到 7 天"
    assert "2026-03-19" in found(store, notice).text("zh")
    assert "尽力追回" in found(store, notice).text("zh")
    assert found(store, notice).status is NoticeStatus.SENT
    assert left(store) == 1
    assert events(store) == ["tell.NoticeSent"]


def test_asking_again_before_the_answer_takes_nothing_twice(store):
    granted(store, 2)
    notice = queued(store, a_delay())

    first = tried(store, notice)
    second = tried(store, notice)

    assert first == second
    assert left(store) == 1
    assert found(store, notice).attempts == 1


def test_a_second_answer_changes_nothing(store):
    granted(store, 1)
    notice = queued(store, a_delay())
    tried(store, notice)
    store.call(lambda tx: tell.sent(tx, notice, door=Door.SUBSCRIBE))
    before = found(store, notice)

    store.call(lambda tx: tell.sent(tx, notice, door=Door.SUBSCRIBE))
    refused(store, notice, Door.SUBSCRIBE, "45009")

    assert found(store, notice) == before
    assert left(store) == 0
    assert events(store) == ["tell.NoticeSent"]
    assert tried(store, notice) is None


def test_43101_closes_the_ledger_and_the_card_is_next(store):
    granted(store, 3)
    notice = queued(store, a_delay())
    tried(store, notice)

    refused(store, notice, Door.SUBSCRIBE, "43101")
    attempt = tried(store, notice)

    assert left(store) == 0
    assert jobs(store) == [(notice, notice), (f"{notice}.1", notice)]
    assert attempt is not None
    assert (attempt.door, attempt.card_status, attempt.template) == (Door.USER_NOTIFY, 2, "")


def test_another_refusal_gives_the_consent_back(store):
    granted(store, 1)
    notice = queued(store, a_delay())
    tried(store, notice)

    refused(store, notice, Door.SUBSCRIBE, "47003")

    assert left(store) == 1


def test_when_every_door_refuses_the_order_page_tells(store):
    notice = queued(store, a_delay())
    attempt = tried(store, notice)
    assert attempt is not None
    assert attempt.door is Door.USER_NOTIFY

    refused(store, notice, Door.USER_NOTIFY, "85448")

    assert tried(store, notice) is None
    assert found(store, notice).door is Door.ORDER_PAGE
    assert events(store) == ["tell.NoticeSent"]


def test_without_any_door_left_the_notice_fails_and_says_so(store):
    facts = {"item": "灯", "price_fen": 4990, "reason": "您收藏的颜色到货"}
    notice = queued(store, NewNotice("k", MEMBER, Scenario.BACK_IN_STOCK, "sku_1", facts))

    assert tried(store, notice) is None

    assert found(store, notice).status is NoticeStatus.FAILED
    assert events(store) == ["tell.NoticeFailed"]


def test_a_used_up_quota_closes_the_door_and_keeps_the_consent(store):
    granted(store, 5)
    spent = queued(store, a_delay())
    tried(store, spent, limits=limits_of({Door.SUBSCRIBE: 1}))

    later = queued(store, a_delay(key="pro_2"))
    attempt = tried(store, later, limits=limits_of({Door.SUBSCRIBE: 1}))

    assert attempt is None
    assert found(store, later).door is Door.ORDER_PAGE
    assert left(store) == 4


def test_a_lost_answer_is_never_sent_again_and_its_consent_is_gone(store):
    granted(store, 2)
    notice = queued(store, a_delay())
    tried(store, notice)

    store.call(lambda tx: tell.lost(tx, notice, door=Door.SUBSCRIBE))

    assert found(store, notice).status is NoticeStatus.UNCERTAIN
    assert tried(store, notice) is None
    assert left(store) == 1
    assert len(jobs(store)) == 1


def test_the_same_tap_counts_once_and_a_refusal_takes_all(store):
    granted(store, 2, source="tap-1")
    granted(store, 2, source="tap-1")
    granted(store, 1, source="tap-2")
    assert left(store) == 3

    store.call(lambda tx: tell.withdraw(tx, MEMBER, template=TEMPLATE, source="popup-9"))

    assert left(store) == 0
    total = store.read(lambda tx: tx.one(sa.text("SELECT sum(change) FROM tell_consent_moves")))
    assert total == (0,)


def test_an_unknown_notice_is_refused(store):
    with pytest.raises(UnknownNotice):
        tried(store, NoticeId("ntc_nope"))


def test_the_page_filters_by_status_scenario_and_order(store):
    granted(store, 1)
    first = queued(store, a_delay())
    second = queued(store, a_delay(key="pro_2"))
    tried(store, first)
    store.call(lambda tx: tell.sent(tx, first, door=Door.SUBSCRIBE))

    def page(**filters: object) -> list[NoticeId]:
        return [notice.id for notice in store.read(lambda tx: tell.notices_page(tx, **filters))]

    assert page() == [second, first]
    assert page(statuses=[NoticeStatus.SENT]) == [first]
    assert page(scenarios=[Scenario.SHIPPED]) == []
    assert page(about="ord_1", member=MEMBER, before=second) == [first]


def test_many_hit_by_one_delay_get_one_draft_article(store):
    facts = {"item": "心形吊灯", "reason": "灯罩晚到", "promised_day": "2026-03-19"}

    def draft(hit: int, key: str) -> ArticleId | None:
        skus = [SkuId("sku_1")]
        return store.call(
            lambda tx: tell.draft_article(
                tx, key, account="wx_news", skus=skus, facts=facts, members_hit=hit, from_members=50
            )
        )

    assert draft(49, "pur_1") is None
    assert draft(50, "pur_1") == draft(80, "pur_1")
    (article,) = store.read(tell.articles)
    assert article.is_draft
    assert "50 位" in article.body
    assert "2026-03-19" in article.body


def test_accounts_and_published_articles_are_kept_as_given(store):
    account = tell.Account.of("wx_news", kind="service_account", name="柔链家居")
    article = tell.Article(
        ArticleId("art_1"), "wx_news", "新灯", "…", (SkuId("sku_1"),), Day.parse("2026-03-01"), "22_1"
    )

    store.call(lambda tx: tell.save_accounts(tx, [account]))
    store.call(lambda tx: tell.save_articles(tx, [article]))
    store.call(lambda tx: tell.save_articles(tx, [article]))

    assert store.read(tell.accounts) == (account,)
    assert store.read(tell.articles) == (article,)
    with pytest.raises(ValueError):
        tell.Account.of("x", kind="no_such_kind", name="")
