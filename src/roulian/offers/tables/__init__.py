"""Where coupons, vouchers, group-buys and groups are kept, and the statements that change them."""
