"""Where the catalogue, the campaigns, the orders and their money are kept, and the statements that change them."""
