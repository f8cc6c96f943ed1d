"""How forecasts are computed, judged and watched: arrays in, arrays out, chance passed in."""

from roulian.predict.methods.backtest import backtest, normal_formula, pinball, recent_cuts
from roulian.predict.methods.outliers import outliers
from roulian.predict.methods.paths import Bands, forecast, forecast_sums

__all__ = ["Bands", "backtest", "forecast", "forecast_sums", "normal_formula", "outliers", "pinball", "recent_cuts"]
