"""Who acts: shoppers on their phones, partners at their desks and lorries, readers.

Each actor knows how to do an act at the two doors; when, is the agenda's business.
"""

from world.actors.carrier import Carrier
from world.actors.shoppers import Shoppers
from world.actors.suppliers import Suppliers
from world.actors.workshop import Workshop

__all__ = ["Carrier", "Shoppers", "Suppliers", "Workshop"]
