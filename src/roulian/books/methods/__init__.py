"""How books are compared."""
