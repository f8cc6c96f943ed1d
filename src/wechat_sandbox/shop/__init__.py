"""微信小店, the shop inside WeChat: its products and stock, its orders as one more channel of demand, its after-sales."""
