"""The real order lines behind the sample brand, and their attribution."""
