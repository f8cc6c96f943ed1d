"""Motion: the only rooms that know two stages. A flow reads, lets a pure function think, and writes.

`ring.py` is the whole business on one screen; every other file is a story. Flows hold no rule:
no arithmetic, no comparison but with nothing.
"""
