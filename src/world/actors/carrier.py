"""The carrier: scans its parcels twice a day, and WeChat tells the shop of every scan."""

from collections.abc import Callable

from world.chance import share
from world.doors import Parcel, Platform, Sandbox, Step
from world.tally import Count, Tally

DRIVER = "carrier"
OUT_TODAY_RATIO = 0.45
MORNING, EVENING = 0, 1


class Carrier:
    """One carrier for all of China; a parcel travels two to five days."""

    def __init__(
        self, platform: Platform, sandbox: Sandbox, *, seed: int, tally: Tally, receiver: Callable[[str], str | None]
    ) -> None:
        """`receiver` names the person an order goes to, if known."""
        self._platform, self._sandbox, self._seed, self._tally = platform, sandbox, seed, tally
        self._receiver = receiver

    async def scan(self, day: int, *, round_: int) -> None:
        """Every parcel that moves in this round is scanned once."""
        for parcel in await self._platform.parcels():
            person = self._receiver(parcel.order)
            step = self.next_step(parcel, day, round_=round_, to=person or parcel.waybill)
            if step is not None:
                person = person or DRIVER
                await self._sandbox.move_parcel(person, carrier=parcel.carrier, waybill=parcel.waybill, step=step)
                self._tally.add(Count.PARCEL_STEPS)

    def next_step(self, parcel: Parcel, day: int, *, round_: int, to: str) -> Step | None:
        """What happens to the parcel in this round, if anything; `to` is who or where it goes.

        How long it travels hangs on the receiver and the day, not on numbers of ours that a new feature would change.
        """
        match parcel.status:
            case "out_for_delivery":
                return Step.SIGNED if round_ == EVENING else None
            case "moving":
                is_near = share(self._seed, "near", to, day) < OUT_TODAY_RATIO
                return Step.OUT_FOR_DELIVERY if round_ == MORNING and is_near else None
            case "picked_up":
                return Step.MOVING
            case _:
                return Step.PICKED_UP
