"""Builds worlds around shops, for one brand."""

from dataclasses import replace

from world_shop import Shop

from world import AsgiDoor, Brand, Disruption, Retail, Scenario, World
from world.days import instant


class Play:
    """Builds worlds around shops, for one brand."""

    def __init__(self, brand: Brand, retail: Retail) -> None:
        self.brand, self.retail = brand, retail

    def shop(self, *, sold_out: frozenset[str] = frozenset()) -> Shop:
        campaigns = {c.id: (c.sku, c.opens_ms, c.closes_ms) for c in self.brand.campaigns}
        return Shop(instant(self.brand.first_day), campaigns, sold_out)

    def world(self, scenario: Scenario, shop: Shop, *, seed: int = 7) -> World:
        door = AsgiDoor(shop.asgi)
        return World(scenario, seed=seed, platform=door, sandbox=door, brand=self.brand, retail=self.retail)

    async def through(self, scenario: Scenario, shop: Shop, *, seed: int = 7) -> World:
        world = self.world(scenario, shop, seed=seed)
        await world.begin()
        await world.run_until(world.ends_ms)
        return world


def with_mishap(scenario: Scenario, mishap: Disruption) -> Scenario:
    return replace(scenario, disruptions=(mishap,))
