"""How an audience is parted by the ways to reach it."""

from roulian.tell.methods.reach import Column, partition, ways

__all__ = ["Column", "partition", "ways"]
