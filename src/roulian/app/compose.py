"""From settings to a running platform."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from fastapi import FastAPI

from roulian import tell
from roulian.app import sandboxed
from roulian.app.brand import Brand
from roulian.app.memory import Memory, StoredAccounts, StoredRights, enter, is_entered, locker
from roulian.app.settings import Credentials, Outside, Settings
from roulian.app.steering import SimulatedControl, WallControl
from roulian.app.timekeeper import SimulatedTime
from roulian.flows import outgoing, ring
from roulian.gateways.pay.live import LivePay
from roulian.gateways.transport import Transport, in_process, through
from roulian.gateways.webhooks.live import LiveWebhooks
from roulian.gateways.wechat import WeChat
from roulian.gateways.wechat.live import LiveLine
from roulian.store import KeyRing, Locker, Pump, Store
from roulian.web import errors
from roulian.web.callbacks import CallbackDeps, PlatformDeps, callback_routes, platform_routes
from roulian.web.console import AccountDoors, ConnectDoors, ConsoleDeps, StaffDoors, console_page, console_router
from roulian.web.gate import Gate
from roulian.web.hot import Asgi, Dispatcher, Route, document
from roulian.web.partners import PartnerDeps, partner_routes
from roulian.web.simulation import simulation_routes
from roulian.web.storefront import StoreDeps, storefront_routes
from roulian.web.v1 import V1Deps, beside, v1_app
from roulian.words import Clock, Ids, SimulatedClock, WallClock
from wechat_sandbox import Sandbox

PAY_WITHIN = timedelta(minutes=30)
ORDER_PAGE = "pages/order/order"
SANDBOX_SEED_BITS = 32


@dataclass(slots=True)
class App:
    """One running platform: its ASGI app, its memory, its pump, and what it was built from."""

    settings: Settings
    brand: Brand
    credentials: Credentials
    clock: Clock
    store: Store
    pump: Pump
    outside: outgoing.Outside
    asgi: Asgi
    api: FastAPI
    sandbox: Sandbox | None
    time: SimulatedTime | None
    control: SimulatedControl | WallControl
    clients: tuple[WeChat, LivePay, LiveWebhooks]

    async def close(self) -> None:
        """Let go of everything; what is durable stays."""
        for client in self.clients:
            await client.aclose()
        self.store.close()
        if self.sandbox is not None:
            self.sandbox.close()


async def compose(
    settings: Settings,
    *,
    brand: Brand,
    clock: Clock,
    chance: Callable[[int], int],
    in_memory_sandbox: bool = False,
) -> App:
    """The platform `settings` describe, its schema at head and its catalogue loaded; nothing moves yet."""
    wire = sandboxed.Wire()
    sandbox = _sandbox(settings, clock, wire, chance=chance, in_memory=in_memory_sandbox)
    credentials = settings.credentials or await _sandbox_credentials(
        settings, brand, sandbox, in_memory=in_memory_sandbox
    )
    memory = Memory()
    shelf = locker(memory, settings.key_ring)
    clients = _clients(settings, credentials, clock, sandbox, memory, shelf=shelf, chance=chance)
    outside = _outside(settings, clock, clients, appid=credentials.mini_program.appid)
    store = Store.open(settings.database_url, clock=clock, ids=Ids(chance), motion=ring.motion(outside))
    outside.store = memory.store = store
    store.migrate()
    await _enter(store, credentials, settings.key_ring)
    pump = Pump(store, chance=chance)
    time = None
    if sandbox is not None and isinstance(clock, SimulatedClock):
        time = SimulatedTime(clock=clock, store=store, pump=pump, sandbox=sandbox)
    control = WallControl(clock) if time is None else SimulatedControl(clock, speed=settings.speed, drive=time.advance)
    matrix = AccountDoors(
        ring=settings.key_ring,
        wechat=outside.wechat,
        public_url=settings.public_url,
        own_page="" if sandbox is None else sandboxed.SCAN_PAGE,
    )
    platform = PlatformDeps(
        store=store, wechat=outside.wechat, ring=settings.key_ring, shelf=shelf, owner_is_back=control.release
    )
    api, asgi = _web(
        settings, outside, store, time, control, matrix=matrix, platform=platform, sandbox=sandbox, chance=chance
    )
    wire.asgi = asgi
    return App(settings, brand, credentials, clock, store, pump, outside, asgi, api, sandbox, time, control, clients)


def _sandbox(
    settings: Settings, clock: Clock, wire: sandboxed.Wire, *, chance: Callable[[int], int], in_memory: bool
) -> Sandbox | None:
    if settings.outside is Outside.LIVE:
        return None
    path = ":memory:" if in_memory else str(settings.home / "wechat.db")
    return Sandbox(path, now_ms=lambda: clock.now().ms, seed=chance(SANDBOX_SEED_BITS), send=wire.send)


async def _sandbox_credentials(
    settings: Settings, brand: Brand, sandbox: Sandbox | None, *, in_memory: bool
) -> Credentials:
    assert sandbox is not None
    if in_memory:
        return await sandboxed.provision(sandbox, accounts=brand.accounts, public_url=settings.public_url)
    kept = settings.home / "wechat.json"
    known = sandboxed.recall(kept)
    made = known or await sandboxed.provision(sandbox, accounts=brand.accounts, public_url=settings.public_url)
    if made.platform is None:
        made = replace(made, platform=await sandboxed.open_platform(sandbox, public_url=settings.public_url))
    if made != known:
        sandboxed.keep(made, kept)
    return made


async def _enter(store: Store, credentials: Credentials, key_ring: KeyRing) -> None:
    """What the environment gave stands in the matrix; a start at which nothing is new writes nothing."""
    given, rows = (credentials.mini_program, *credentials.official), credentials.accounts
    if not await store.ask(lambda tx: is_entered(tx, given, rows=rows, ring=key_ring)):
        await store.run(lambda tx: enter(tx, given, rows=rows, ring=key_ring), cause="account.enter")


def _clients(
    settings: Settings,
    credentials: Credentials,
    clock: Clock,
    sandbox: Sandbox | None,
    memory: Memory,
    *,
    shelf: Locker,
    chance: Callable[[int], int],
) -> tuple[WeChat, LivePay, LiveWebhooks]:
    book = StoredAccounts(memory, ring=settings.key_ring, platform=credentials.platform)
    line = LiveLine(
        book,
        shelf=shelf,
        rights=StoredRights(memory, clock=clock),
        clock=clock,
        transport=way_out(settings, sandbox),
    )
    wechat = WeChat(line, book=book, clock=clock, mchid=credentials.merchant.mchid)
    pay = LivePay(
        credentials.merchant,
        appid=credentials.mini_program.appid,
        clock=clock,
        chance=chance,
        transport=way_out(settings, sandbox),
    )
    return wechat, pay, LiveWebhooks(clock=WallClock(), may_be_inside=settings.webhooks_inside)


def way_out(settings: Settings, sandbox: Sandbox | None) -> Transport | None:
    """What carries a client's requests to WeChat: the sandbox in this process, a proxy, or None for the network."""
    if sandbox is not None:
        return in_process(sandbox.asgi)
    if settings.wechat_proxy or settings.wechat_ca is not None:
        return through(settings.wechat_proxy, ca=settings.wechat_ca)
    return None


def _outside(
    settings: Settings, clock: Clock, clients: tuple[WeChat, LivePay, LiveWebhooks], *, appid: str
) -> outgoing.Outside:
    wechat, pay, webhooks = clients
    return outgoing.Outside(
        wechat=wechat,
        pay=pay,
        clock=clock,
        appid=appid,
        public_url=settings.public_url,
        order_page=ORDER_PAGE,
        templates={appid: sandboxed.templates()}
        if settings.outside is Outside.SANDBOX
        else _templates(settings, appid),
        limits=settings.limits,
        webhooks=webhooks,
        ring=settings.key_ring,
    )


def _templates(settings: Settings, mini_program: str) -> Mapping[str, Mapping[tell.Scenario, str]]:
    return {**settings.account_templates, mini_program: settings.templates}


def _web(
    settings: Settings,
    outside: outgoing.Outside,
    store: Store,
    time: SimulatedTime | None,
    control: SimulatedControl | WallControl,
    *,
    matrix: AccountDoors,
    platform: PlatformDeps,
    sandbox: Sandbox | None,
    chance: Callable[[int], int],
) -> tuple[FastAPI, Asgi]:
    api = FastAPI(title="Roulian 柔链", docs_url="/docs", redoc_url=None)
    errors.install(api)
    hot = _hot_routes(settings, outside, store, time, platform, chance=chance)
    for tag, routes in hot.items():
        document(api, routes, tag=tag)
    api.include_router(
        console_router(
            ConsoleDeps(
                store=store,
                clock=control,
                accounts=matrix,
                staff=_staff_doors(settings),
                connect=ConnectDoors(settings.key_ring, secrets.randbits, may_be_inside=settings.webhooks_inside),
                limits=outside.limits,
                templates=outside.templates,
            )
        )
    )
    if sandbox is not None:
        api.mount("/_sandbox", sandbox.asgi, name="sandbox")
        api.mount(sandboxed.SCAN_PAGE.rpartition("/")[0], sandbox.asgi, name="wechat")
    api.mount("/", console_page(settings.console), name="console")
    v1 = v1_app(
        V1Deps(store=store, ring=settings.key_ring, chance=secrets.randbits, may_be_inside=settings.webhooks_inside)
    )
    doors = Dispatcher([route for routes in hot.values() for route in routes], beside(v1, api))
    wall = WallClock()
    return api, Gate(doors, paces=settings.paces, now_ms=lambda: wall.now().ms)


def _staff_doors(settings: Settings) -> StaffDoors:
    """Tokens and authenticators' secrets are drawn from the machine, in a simulation too: they repeat nowhere."""
    return StaffDoors(
        ring=settings.key_ring,
        chance=secrets.randbits,
        must_log_in=settings.staff_login,
        is_secure=settings.outside is Outside.LIVE,
    )


def _chosen(templates: Mapping[tell.Scenario, str], scenarios: Sequence[tell.Scenario]) -> tuple[str, ...]:
    """The template ids of these scenarios that have one."""
    return tuple(templates[scenario] for scenario in scenarios if scenario in templates)


def _hot_routes(
    settings: Settings,
    outside: outgoing.Outside,
    store: Store,
    time: SimulatedTime | None,
    platform: PlatformDeps,
    *,
    chance: Callable[[int], int],
) -> dict[str, tuple[Route, ...]]:
    templates = outside.templates[outside.appid]
    shop = StoreDeps(
        store=store,
        clock=outside.clock,
        wechat=outside.wechat,
        pay=outside.pay,
        appid=outside.appid,
        public_url=outside.public_url,
        pay_within=PAY_WITHIN,
        templates=_chosen(templates, tell.ASKED_AT_CHECKOUT),
        deposit_templates=tuple(templates[asked] for asked in tell.ASKED_WITH_DEPOSIT if asked in templates),
        substitute_templates=tuple(templates[asked] for asked in tell.ASKED_WITH_SUBSTITUTE if asked in templates),
        chance=chance,
        ring=settings.key_ring,
        group_templates=_chosen(templates, tell.ASKED_IN_A_GROUP),
        case_templates=_chosen(templates, tell.ASKED_WITH_A_CASE),
        pick_up_templates=_chosen(templates, tell.ASKED_WITH_PICK_UP),
    )
    routes = {
        "storefront": tuple(storefront_routes(shop)),
        "callbacks": (
            *callback_routes(CallbackDeps(store=store, wechat=outside.wechat, pay=outside.pay, limits=outside.limits)),
            *platform_routes(platform),
        ),
        "partners": tuple(partner_routes(PartnerDeps(store=store, key_digests=(settings.partner_digest(),)))),
    }
    if time is not None:
        routes["simulation"] = tuple(simulation_routes(time))
    return routes
