"""How far a region is from another: between provincial capitals, along the surface of the earth.

Good for ordering warehouses, not for quoting a courier. Region codes are GB/T 2260 (`CN-31` is Shanghai).
"""

from math import asin, cos, radians, sin, sqrt

_EARTH_KM = 6371
_CAPITALS = {
    "CN-11": (39.90, 116.41),
    "CN-12": (39.13, 117.20),
    "CN-13": (38.04, 114.51),
    "CN-14": (37.87, 112.55),
    "CN-15": (40.84, 111.75),
    "CN-21": (41.80, 123.43),
    "CN-22": (43.88, 125.32),
    "CN-23": (45.80, 126.53),
    "CN-31": (31.23, 121.47),
    "CN-32": (32.06, 118.80),
    "CN-33": (30.27, 120.15),
    "CN-34": (31.82, 117.23),
    "CN-35": (26.07, 119.30),
    "CN-36": (28.68, 115.86),
    "CN-37": (36.65, 117.12),
    "CN-41": (34.75, 113.63),
    "CN-42": (30.59, 114.31),
    "CN-43": (28.23, 112.94),
    "CN-44": (23.13, 113.26),
    "CN-45": (22.82, 108.37),
    "CN-46": (20.04, 110.20),
    "CN-50": (29.56, 106.55),
    "CN-51": (30.57, 104.07),
    "CN-52": (26.65, 106.63),
    "CN-53": (25.04, 102.71),
    "CN-54": (29.65, 91.14),
    "CN-61": (34.34, 108.94),
    "CN-62": (36.06, 103.83),
    "CN-63": (36.62, 101.78),
    "CN-64": (38.49, 106.23),
    "CN-65": (43.83, 87.62),
    "CN-71": (25.03, 121.57),
    "CN-81": (22.32, 114.17),
    "CN-82": (22.20, 113.54),
}
"""Latitude and longitude of each region's capital, in degrees."""


def distance_km(region: str, other: str) -> int | None:
    """Whole kilometres between the two regions' capitals by the haversine formula; None where one is not known."""
    if region not in _CAPITALS or other not in _CAPITALS:
        return None
    (lat_a, lon_a), (lat_b, lon_b) = _CAPITALS[region], _CAPITALS[other]
    phi_a, phi_b = radians(lat_a), radians(lat_b)
    rise, turn = sin((phi_b - phi_a) / 2), sin(radians(lon_b - lon_a) / 2)
    return round(2 * _EARTH_KM * asin(sqrt(rise * rise + cos(phi_a) * cos(phi_b) * turn * turn)))
