"""The bodies of WeChat's calls, field by field as WeChat names them; only `live` speaks them."""

import msgspec


class Answer(msgspec.Struct):
    """What every answer may carry."""

    errcode: int = 0
    errmsg: str = ""


class Session(Answer):
    """Of jscode2session."""

    openid: str = ""
    unionid: str = ""
    session_key: str = ""


class StableToken(msgspec.Struct):
    """To stable_token."""

    appid: str
    secret: str
    grant_type: str = "client_credential"


class NewToken(Answer):
    """Of stable_token; `expires_in` in seconds."""

    access_token: str = ""
    expires_in: int = 0


class Worth(msgspec.Struct):
    """One template value."""

    value: str


class Subscribe(msgspec.Struct):
    """To message/subscribe/send."""

    touser: str
    template_id: str
    page: str
    data: dict[str, Worth]
    miniprogram_state: str = "formal"
    lang: str = "zh_CN"


class Sent(Answer):
    """Of message/subscribe/send."""

    msgid: int = 0


class Card(msgspec.Struct):
    """To set_user_notify; the two JSON fields are texts."""

    openid: str
    notify_type: int
    notify_code: str
    content_json: str
    check_json: str


class CardCheck(msgspec.Struct):
    """`check_json`: amount in fen, time in seconds."""

    pay_amount: int
    pay_time: int


class Span(msgspec.Struct):
    """To every datacube call."""

    begin_date: str
    end_date: str


class ArticleCounts(msgspec.Struct):
    """People, counted once."""

    read_user: int = 0
    share_user: int = 0


class ArticleItem(msgspec.Struct):
    """One article on one day."""

    ref_date: str
    msgid: str
    detail: ArticleCounts


class Articles(Answer):
    """Of getarticleread and getarticleshare."""

    articles: list[ArticleItem] = msgspec.field(name="list", default_factory=list)
    is_delay: bool = False


class OrderKey(msgspec.Struct):
    """An order by merchant and our own number."""

    mchid: str
    out_trade_no: str
    order_number_type: int = 1


class Parcel(msgspec.Struct):
    """One element of `shipping_list`."""

    tracking_no: str
    express_company: str
    item_desc: str


class Payer(msgspec.Struct):
    """The buyer."""

    openid: str


class Shipping(msgspec.Struct):
    """To upload_shipping_info: express, one parcel with everything."""

    order_key: OrderKey
    shipping_list: list[Parcel]
    upload_time: str
    payer: Payer
    logistics_type: int = 1
    delivery_mode: int = 1


class Special(msgspec.Struct):
    """To opspecialorder: presale; `delay_to` in seconds."""

    order_id: str
    delay_to: int
    type: int = 1


class Managed(msgspec.Struct):
    """To is_trade_managed."""

    appid: str


class TradeManaged(Answer):
    """Of is_trade_managed."""

    is_trade_managed: bool = False
