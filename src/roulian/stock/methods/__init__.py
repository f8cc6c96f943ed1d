"""How stock decides: data in, data out, no clock, no chance, no store."""
