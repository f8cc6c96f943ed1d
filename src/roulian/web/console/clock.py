"""The clock bar: pause, speed, step. Only a simulated clock obeys; the real one says so."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.shapes import IsoDay, View
from roulian.words import Instant, Refusal

_LONGEST_STEP_MS = 31 * 86_400_000


class ClockView(View):
    """Where time stands; `speed` is simulated seconds per real second, `today` the day in Asia/Shanghai."""

    now_ms: int
    today: IsoDay
    paused: bool
    speed: float
    simulated: bool


class ClockOrder(View):
    """What to change: null leaves a thing as it is; `step_ms` moves time forward once."""

    paused: bool | None = None
    speed: Annotated[float | None, Field(ge=1, le=604_800)] = None
    step_ms: Annotated[int | None, Field(ge=1, le=_LONGEST_STEP_MS)] = None


class RealTime(Refusal):
    """This server runs on the real clock."""

    code = "real_time"
    zh = "当前是真实时间,不能暂停、加速或步进。请用模拟时钟启动。"
    en = "This server runs in real time, which cannot be paused, sped up or stepped. Start it on a simulated clock."


def clock_view(deps: ConsoleDeps) -> ClockView:
    """The clock's state with today's date."""
    state = deps.clock.state()
    return ClockView(
        now_ms=state.now_ms,
        today=Instant(state.now_ms).day().iso(),
        paused=state.paused,
        speed=float(state.speed),
        simulated=state.simulated,
    )


def clock_router(deps: ConsoleDeps) -> APIRouter:
    """GET and POST /clock."""
    router = APIRouter()

    @router.get("/clock")
    async def clock() -> ClockView:
        """Where time stands."""
        return clock_view(deps)

    @router.post("/clock")
    async def steer(order: ClockOrder) -> ClockView:
        """Pause, go on, change speed, or step; answers when a step has run everything due on its way."""
        if not deps.clock.state().simulated:
            raise RealTime
        deps.clock.set(paused=order.paused, speed=order.speed)
        if order.step_ms is not None:
            await deps.clock.step(order.step_ms)
        return clock_view(deps)

    return router
