"""How an audience is parted by the ways to reach it."""

from roulian.tell.methods.reach import Column, Ids, ids_in, ids_of, joined, parted, partition, ways

__all__ = ["Column", "Ids", "ids_in", "ids_of", "joined", "parted", "partition", "ways"]
