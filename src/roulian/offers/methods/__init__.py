"""How a cart is priced with a voucher."""

from roulian.offers.methods.pricing import Choice, best, choices, discounts

__all__ = ["Choice", "best", "choices", "discounts"]
