"""Where notices, attempts, the consent ledger and the account matrix are kept.

WeChat has no way to ask how many one-off consents are left, so the ledger is ours: every change is a row in
`tell_consent_moves`, and `tell_consents` holds their sum, guarded by a CHECK. One notice per (scenario, member,
key) is a UNIQUE constraint, not a habit.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy as sa

from roulian.store import METADATA, any_of
from roulian.tell.model import Account, AccountKind, Article, Door, Facts, Notice, NoticeStatus, Scenario
from roulian.words.ids import ArticleId, MemberId, NoticeId, SkuId
from roulian.words.time import Day, Instant


class ConsentMove(StrEnum):
    """Why the number of consents changed."""

    GRANT = "grant"
    SPEND = "spend"
    RETURN = "return"
    REJECT = "reject"


NOTICES = sa.Table(
    "tell_notices",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("scenario", sa.Text, nullable=False),
    sa.Column("member", sa.Text, nullable=False, index=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False, index=True),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("door", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("sent_at", sa.BigInteger),
    sa.UniqueConstraint("scenario", "member", "key"),
)
ATTEMPTS = sa.Table(
    "tell_attempts",
    METADATA,
    sa.Column("notice", sa.Text, primary_key=True),
    sa.Column("door", sa.Text, primary_key=True),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("tried_at", sa.BigInteger, nullable=False),
)
CONSENTS = sa.Table(
    "tell_consents",
    METADATA,
    sa.Column("member", sa.Text, primary_key=True),
    sa.Column("template", sa.Text, primary_key=True),
    sa.Column("left_count", sa.Integer, nullable=False),
    sa.CheckConstraint("left_count >= 0", name="not_negative"),
)
CONSENT_MOVES = sa.Table(
    "tell_consent_moves",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("change", sa.Integer, nullable=False),
    sa.Column("moved_at", sa.BigInteger, nullable=False),
    sa.Index("tell_consent_moves_of", "member", "template"),
)
ACCOUNTS = sa.Table(
    "tell_accounts",
    METADATA,
    sa.Column("appid", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
)
ARTICLES = sa.Table(
    "tell_articles",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("skus", sa.Text, nullable=False),
    sa.Column("published_day", sa.Text),
    sa.Column("msgid", sa.Text, nullable=False),
)

NOTICE_COLUMNS = (
    NOTICES.c.id,
    NOTICES.c.member,
    NOTICES.c.scenario,
    NOTICES.c.about,
    NOTICES.c.facts,
    NOTICES.c.status,
    NOTICES.c.door,
    NOTICES.c.attempts,
    NOTICES.c.made_at,
    NOTICES.c.sent_at,
)
ARTICLE_COLUMNS = (
    ARTICLES.c.id,
    ARTICLES.c.account,
    ARTICLES.c.title,
    ARTICLES.c.body,
    ARTICLES.c.skus,
    ARTICLES.c.published_day,
    ARTICLES.c.msgid,
)

QUEUE = sa.text(
    "INSERT INTO tell_notices (id, scenario, member, key, about, facts, status, attempts, made_at)"
    " VALUES (:id, :scenario, :member, :key, :about, :facts, 'queued', 0, :at)"
    " ON CONFLICT (scenario, member, key) DO NOTHING",
)
NOTICES_OF = sa.select(*NOTICE_COLUMNS).where(any_of(NOTICES.c.id, "ids")).order_by(NOTICES.c.id)
CLAIM = sa.text("UPDATE tell_notices SET attempts = attempts + 1 WHERE id = :id AND status = 'queued'")
SETTLE = sa.text(
    "UPDATE tell_notices SET status = :status, door = :door, sent_at = :at WHERE id = :id AND status = 'queued'",
)
FAIL = sa.text("UPDATE tell_notices SET status = 'failed' WHERE id = :id AND status = 'queued'")
ATTEMPTS_OF = (
    sa.select(ATTEMPTS.c.door, ATTEMPTS.c.status, ATTEMPTS.c.template)
    .where(ATTEMPTS.c.notice == sa.bindparam("notice"))
    .order_by(ATTEMPTS.c.tried_at, ATTEMPTS.c.door)
)
TRY = sa.text(
    "INSERT INTO tell_attempts (notice, door, template, status, code, tried_at)"
    " VALUES (:notice, :door, :template, 'trying', '', :at)",
)
ANSWER = sa.text(
    "UPDATE tell_attempts SET status = :status, code = :code"
    " WHERE notice = :notice AND door = :door AND status = 'trying'",
)

ADD_MOVE = sa.text(
    "INSERT INTO tell_consent_moves (source, member, template, kind, change, moved_at)"
    " VALUES (:source, :member, :template, :kind, :change, :at) ON CONFLICT (source) DO NOTHING",
)
ADD_CONSENTS = sa.text(
    "INSERT INTO tell_consents (member, template, left_count) VALUES (:member, :template, :change)"
    " ON CONFLICT (member, template) DO UPDATE SET left_count = tell_consents.left_count + excluded.left_count",
)
SPEND_CONSENT = sa.text(
    "UPDATE tell_consents SET left_count = left_count - 1"
    " WHERE member = :member AND template = :template AND left_count > 0",
)
CLOSE_CONSENTS = sa.text(
    "UPDATE tell_consents SET left_count = 0"
    " WHERE member = :member AND template = :template AND left_count = :left_count",
)
CONSENTS_LEFT = sa.select(CONSENTS.c.left_count).where(
    CONSENTS.c.member == sa.bindparam("member"),
    CONSENTS.c.template == sa.bindparam("template"),
)

SAVE_ACCOUNT = sa.text(
    "INSERT INTO tell_accounts (appid, kind, name) VALUES (:appid, :kind, :name)"
    " ON CONFLICT (appid) DO UPDATE SET kind = excluded.kind, name = excluded.name",
)
SAVE_ARTICLE = sa.text(
    "INSERT INTO tell_articles (id, key, account, title, body, skus, published_day, msgid)"
    " VALUES (:id, :key, :account, :title, :body, :skus, :published_day, :msgid)"
    " ON CONFLICT (id) DO UPDATE SET account = excluded.account, title = excluded.title, body = excluded.body,"
    " skus = excluded.skus, published_day = excluded.published_day, msgid = excluded.msgid",
)
ADD_DRAFT = sa.text(
    "INSERT INTO tell_articles (id, key, account, title, body, skus, msgid)"
    " VALUES (:id, :key, :account, :title, :body, :skus, '') ON CONFLICT (key) DO NOTHING",
)
ARTICLE_BY_KEY = sa.select(ARTICLES.c.id).where(ARTICLES.c.key == sa.bindparam("key"))


def facts_text(facts: Facts) -> str:
    """Facts as JSON, keys in order, so that equal facts are equal text."""
    return msgspec.json.encode(dict(facts), order="sorted").decode()


def notice(row: tuple[Any, ...]) -> Notice:
    """A row of `NOTICE_COLUMNS` as a notice."""
    facts = msgspec.json.decode(row[4], type=dict[str, str | int])
    door = None if row[6] is None else Door(row[6])
    sent_at = None if row[9] is None else Instant(row[9])
    scenario, status = Scenario(row[2]), NoticeStatus(row[5])
    ident, member = NoticeId(row[0]), MemberId(row[1])
    return Notice(ident, member, scenario, row[3], facts, status, door, row[7], Instant(row[8]), sent_at)


def account(row: tuple[Any, ...]) -> Account:
    """(appid, kind, name) as an account."""
    return Account(row[0], AccountKind(row[1]), row[2])


def skus_text(skus: Iterable[SkuId]) -> str:
    """SKUs as JSON."""
    return msgspec.json.encode(list(skus)).decode()


def article(row: tuple[Any, ...]) -> Article:
    """A row of `ARTICLE_COLUMNS` as an article."""
    skus = tuple(SkuId(sku) for sku in msgspec.json.decode(row[4], type=list[str]))
    published = None if row[5] is None else Day.parse(row[5])
    return Article(ArticleId(row[0]), row[1], row[2], row[3], skus, published, row[6])


def article_values(piece: Article) -> Mapping[str, str | None]:
    """An article as the parameters of `SAVE_ARTICLE`; its own id is its key."""
    return {
        "id": piece.id,
        "key": piece.id,
        "account": piece.account,
        "title": piece.title,
        "body": piece.body,
        "skus": skus_text(piece.skus),
        "published_day": None if piece.published_day is None else piece.published_day.iso(),
        "msgid": piece.msgid,
    }
