"""Chance that remembers nothing: what happens to a thing follows from the seed and the thing's own name alone.

So every part of the world can be asked again, in any order and after a crash, and answers the same.
"""

import hashlib
import random


def chance(seed: int, *name: object) -> random.Random:
    """A generator fixed by the seed and by `name`; parts of a name are told apart by their text."""
    words = "\0".join(map(str, (seed, *name)))
    return random.Random(int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest()))  # noqa: S311


def share(seed: int, *name: object) -> float:
    """One number in [0, 1) fixed by the seed and by `name`; cheaper than a whole generator."""
    words = "\0".join(map(str, (seed, *name)))
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=7).digest()) / 2**56
