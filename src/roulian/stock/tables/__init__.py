"""Where shelves, moves, claims, lots, places and findings are kept, and the statements that change them."""
