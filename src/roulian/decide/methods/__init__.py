"""How decisions are computed: dataclasses in, dataclasses out, no clock, no chance, no store."""
