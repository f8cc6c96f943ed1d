"""How a piece is worked out of choices."""
