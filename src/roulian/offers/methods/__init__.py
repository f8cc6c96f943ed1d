"""How a cart is priced with a voucher."""

from roulian.offers.methods.pricing import Choice, Quote, discounts, quote

__all__ = ["Choice", "Quote", "discounts", "quote"]
