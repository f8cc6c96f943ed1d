"""A simulated outside: shoppers, readers, suppliers, factories, carriers. Speaks HTTP to the public doors only."""
