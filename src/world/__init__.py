"""A simulated outside: shoppers, readers, suppliers, a workshop, a carrier. Speaks HTTP to the public doors only.

Owns: real orders as an agenda, people's habits, mishaps. Says: nothing but HTTP.
Never: imports the platform or the sandbox, reads a wall clock, or remembers what a crash may not lose.
"""

from world.catalogue import Article, Brand, Campaign, load_brand
from world.doors import AsgiDoor, BrokenDoor, Door, HttpDoor, Reply
from world.retail import Retail, Sale, history, load_retail
from world.scenario import BadScenario, Disruption, Mishap, Scenario, load_scenario
from world.tally import Count, Tally
from world.world import World

__all__ = [
    "Article",
    "AsgiDoor",
    "BadScenario",
    "Brand",
    "BrokenDoor",
    "Campaign",
    "Count",
    "Disruption",
    "Door",
    "HttpDoor",
    "Mishap",
    "Reply",
    "Retail",
    "Sale",
    "Scenario",
    "Tally",
    "World",
    "history",
    "load_brand",
    "load_retail",
    "load_scenario",
]
