"""Money in whole fen, quantity in a named unit; neither can be mixed up nor rounded by accident."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Fen:
    """An amount of CNY in fen (1/100 yuan). Adds, subtracts, multiplies by int; never divides, never a float."""

    n: int

    def __post_init__(self) -> None:
        """Refuse anything but a whole number."""
        if type(self.n) is not int:
            raise TypeError(f"fen are whole numbers, not {type(self.n).__name__}")

    def __add__(self, other: "Fen") -> "Fen":
        """The sum."""
        return Fen(self.n + other.n)

    def __sub__(self, other: "Fen") -> "Fen":
        """The difference; may be negative."""
        return Fen(self.n - other.n)

    def __mul__(self, times: int) -> "Fen":
        """The amount `times` over."""
        return Fen(self.n * times)

    __rmul__ = __mul__

    def split(self, weights: Sequence[int]) -> tuple["Fen", ...]:
        """Parts in proportion to `weights` that sum to the whole, by largest remainder; ties to the earlier part.

        Weights are non-negative and not all zero, else `ValueError`.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must be non-negative and not all zero")
        shares = [self.n * weight // total for weight in weights]
        rest = self.n - sum(shares)
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(self.n * weights[i] % total), i))
        for i in by_remainder[:rest]:
            shares[i] += 1
        return tuple(Fen(share) for share in shares)

    def yuan(self) -> str:
        """`12.34`, for people."""
        sign = "-" if self.n < 0 else ""
        return f"{sign}{abs(self.n) // 100}.{abs(self.n) % 100:02d}"


class Unit(StrEnum):
    """Base units a SKU or a material is counted in."""

    PIECE = "piece"
    GRAM = "gram"
    MILLILITRE = "millilitre"
    MILLIMETRE = "millimetre"


@dataclass(frozen=True, slots=True)
class Qty:
    """A whole number of one unit; different units do not add (`TypeError`)."""

    n: int
    unit: Unit = Unit.PIECE

    def _same(self, other: "Qty") -> None:
        if self.unit is not other.unit:
            raise TypeError(f"{self.unit} and {other.unit} do not mix")

    def __add__(self, other: "Qty") -> "Qty":
        """The sum, in the same unit."""
        self._same(other)
        return Qty(self.n + other.n, self.unit)

    def __sub__(self, other: "Qty") -> "Qty":
        """The difference, in the same unit; may be negative."""
        self._same(other)
        return Qty(self.n - other.n, self.unit)

    def __mul__(self, times: int) -> "Qty":
        """The quantity `times` over."""
        return Qty(self.n * times, self.unit)
