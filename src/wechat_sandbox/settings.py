"""Where WeChat's own documents are silent or disagree, a switch decides; the README gives the evidence for each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Every choice the sandbox makes that WeChat's documents leave open; durations in milliseconds or days.

    The defaults are the conservative reading: what the document forbids or does not promise is refused.
    """

    quotas_enforced: bool = True
    special_order_may_repeat: bool = False
    """A second `opspecialorder` for the same order moves `delay_to`; refused by default (undocumented)."""
    card_status_may_repeat: bool = False
    """`set_user_notify` may send the same status again with new content; refused by default (undocumented)."""
    card_code_days: int = 30
    """How long a payment can carry a service card after its first status (undocumented)."""
    card_visible_after_ms: int = 0
    """How long a payment stays unknown to the service cards (85437); the document says "possibly a minute"."""
    shipping_visible_after_ms: int = 60_000
    """How long a paid order stays unknown to the shipping APIs (10060001)."""
    publish_takes_ms: int = 3_000
    article_content_filtered: bool = False
    """Scripts and foreign pictures in an article are left out, as the document says; by default refused (45166)."""
    refund_takes_ms: int = 3_000
    media_check_takes_ms: int = 3_000
    """How long a media check takes; the document promises half an hour at most."""
    refund_gap_ms: int = 60_000
    """Least time between two partial refunds of one payment."""
    close_may_repeat: bool = True
    """Closing a closed order is 204 again; False: ORDER_CLOSED."""
    declined_shows_pay_error: bool = True
    """A payment that the payer's bank declined shows PAYERROR until it is tried again; False: NOTPAY."""
    share_within_days: int = 30
    """How long a shared order's money is held before what is left of it goes to the merchant."""
    share_most_percent: int = 30
    """The most of a shared order that may go to others; a merchant may ask WeChat for more."""
    bill_ready_hour: int = 10
    """The hour of the next day, China's time, from which a day's bill can be had."""
    bill_link_ms: int = 300_000
    """How long a bill's download address is good."""
    request_skew_ms: int = 300_000
    """Largest difference between a Pay request's timestamp and the sandbox's clock."""
    presale_is_reminded: bool = True
    """A presale that is not shipped at its delay_to is reminded of like any other order (undocumented)."""
    test_order_days: int = 7
    """How long WeChat waits before it gives a test order's money back ("after some time")."""
    remind_access_api: bool = False
    """`trade_manage_remind_access_api` at an account's first sale and daily until it ships."""
    express_confirm_days: int = 10
    other_confirm_days: int = 2
    confirm_method_auto: int = 1
    confirm_method_manual: int = 2
    """The document says 1 automatic, 2 manual; developers report the reverse. Swap both to play that."""
    article_data_since: str = ""
    """First day (YYYY-MM-DD) with article statistics; WeChat's own is 2025-11-01. Empty: no limit."""
    payment_window_messages: int = 0
    """Customer-service messages that a payment to a service account allows within 48 h; old documents say 20."""
    mass_takes_ms: int = 3_000
    mass_needs_confirmation: bool = False
    """API 群发保护: a mass message to all waits for the administrator, thirty minutes at most."""
    permanent_qrcodes: int = 100_000
    tag_delete_most_fans: int = 100_000
    """A tag that more followers carry cannot be deleted (45057)."""
    template_dedupe_ms: int = 600_000
    """How long a template message's `client_msg_id` is remembered; the document promises ten minutes."""
    platform_key_pem: str = ""
    """Pay's RSA private key, to have signatures repeat to the byte and to save its making; empty: made at random."""
    auth_code_may_repeat: bool = True
    """A platform may exchange one authorization code twice: clients do at the push and again at the redirect."""
    platform_receives_alone: bool = True
    """An authorised account's messages go to its third-party platform only, not to its own URL as well."""
    privacy_enforced: bool = True
    """The phone gives out only data that the account's privacy guide declares (errno 112)."""
    shop_pay_within_ms: int = 1_800_000
    """How long an order of a shop waits for its payment (not stated)."""
    shop_settle_days: int = 7
    """How long after the receipt a shop has its money (not stated; a buyer may return within seven days)."""
    carrier_step_ms: int = 0
    """How long after its waybill, and after each step, an assistant's parcel moves on by itself; 0: only by order."""
    log_bodies: bool = True
    """Keep request and reply texts of every call (secrets removed)."""
