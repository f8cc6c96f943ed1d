"""A brand played on simulated time: the platform, the sandbox and the world around them, in one process.

`open_stage` builds it, or finds it again after a crash. `simulate` then runs it without a clock on the wall,
the demo keeps it turning under the console's hand.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from roulian import learn, sell, sense
from roulian.app.brand import Brand, begin_nights, load, read_brand
from roulian.app.compose import App, compose
from roulian.app.settings import Settings
from roulian.flows import report
from roulian.store import Store, Tx
from roulian.words import Day, Instant, SimulatedClock, SkuId
from world import AsgiDoor, Sale, World, history, load_brand, load_scenario

CHUNK_ROWS = 5_000


@dataclass(slots=True)
class Stage:
    """A platform and the world that plays on it."""

    app: App
    world: World
    brand: Brand

    async def run_until(self, to: Instant) -> None:
        """Play up to and including `to`."""
        await self.world.run_until(to.ms)

    def kpis(self) -> tuple[learn.Kpi, ...]:
        """The figures from the first day to now."""
        today = self.app.clock.now().day()
        return learn.kpis(self.app.store.read(lambda tx: report.facts(tx, first=self.brand.first_day, last=today)))

    async def close(self) -> None:
        """End the play; what is durable stays."""
        await self.app.close()


async def open_stage(settings: Settings, *, scenario: Path, seed: int, in_memory: bool) -> Stage:
    """The scenario on its first instant, or where the store of an earlier run stopped.

    The same scenario and seed play the same story in a fresh store, to the byte.
    """
    story = load_scenario(scenario)
    brand = read_brand(story.brand)
    clock = SimulatedClock(brand.first_day.at(0))
    chance = chance_of(seed, life=_lives_before(settings.home))
    app = await compose(settings, brand=brand, clock=clock, chance=chance, in_memory_sandbox=in_memory)
    assert app.time is not None
    assert app.sandbox is not None
    clock.move_to(app.time.resume_at())
    if not app.store.read(sell.skus):
        load_history(app.store, history(load_brand(story.brand), brand.first_day.number))
        app.store.call(lambda tx: load(tx, brand), cause="brand.load")
    else:
        app.store.call(begin_nights, cause="brand.load")
    world = World(
        story,
        seed=seed,
        platform=AsgiDoor(app.asgi),
        sandbox=AsgiDoor(app.sandbox.asgi),
        partner_key=settings.partner_key,
    )
    await world.begin()
    return Stage(app, world, brand)


def chance_of(seed: int, *, life: int = 0) -> Callable[[int], int]:
    """A source of chance that the seed fixes: `getrandbits` of one `random.Random`.

    Each later `life` of a store draws anew: ids and session tokens that an earlier one drew are taken.
    """
    return random.Random(f"{seed}/{life}" if life else seed).getrandbits  # noqa: S311 - it must repeat; keys come from `secrets`


def _lives_before(home: Path) -> int:
    """How often a stage was opened in `home` before; counted on disk, so that a life cut short counts too."""
    with (home / "lives").open("ab") as tally:
        lives = tally.tell()
        tally.write(b".")
    return lives


def disposable(settings: Settings, *, home: Path) -> Settings:
    """The settings for a run that is thrown away: its own folder, no durability, the same sandboxed outside."""
    return replace(settings, home=home, database_url=f"sqlite:///{home / 'brand.db'}?synchronous=off")


def load_history(store: Store, sales: Iterable[Sale]) -> int:
    """Keep the brand's past sales, in chunks; how many lines were new."""
    kept = 0
    for chunk in _chunks(sales, CHUNK_ROWS):
        rows = tuple(
            sense.Sale(
                source=sale.source,
                sku=SkuId(sale.sku),
                region=sale.region,
                day=Day.parse(sale.day),
                units=sale.units,
                price_fen=sale.price_fen,
            )
            for sale in chunk
        )

        def keep(tx: Tx, rows: tuple[sense.Sale, ...] = rows) -> int:
            return sense.sold(tx, rows)

        kept += store.call(keep, cause="import.history")
    return kept


def _chunks(sales: Iterable[Sale], rows: int) -> Iterator[tuple[Sale, ...]]:
    source = iter(sales)
    while chunk := tuple(islice(source, rows)):
        yield chunk
