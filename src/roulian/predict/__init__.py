"""What is likely to be asked for, as quantiles, and where that was wrong.

Owns: forecasts per SKU and the evening they were made; their accuracy; anomalies.
Says: ForecastMade, AnomalyFound.
Never: uses a day after the evening it forecasts from; never reads another stage, demand is handed in.
"""

from roulian.predict.events import AnomalyFound, ForecastMade
from roulian.predict.methods import Bands, backtest, forecast, outliers, recent_cuts
from roulian.predict.model import QUANTILES, Accuracy, Anomaly, Forecast
from roulian.predict.reads import accuracies, anomalies_page, anomaly_count, forecast_on, latest
from roulian.predict.writes import judge, save, save_accuracy

__all__ = [
    "QUANTILES",
    "Accuracy",
    "Anomaly",
    "AnomalyFound",
    "Bands",
    "Forecast",
    "ForecastMade",
    "accuracies",
    "anomalies_page",
    "anomaly_count",
    "backtest",
    "forecast",
    "forecast_on",
    "judge",
    "latest",
    "outliers",
    "recent_cuts",
    "save",
    "save_accuracy",
]
