"""How the figures are computed: pure, from counts."""
