"""How far a region is from another: between provincial capitals, along the surface of the earth.

Good for ordering warehouses, not for quoting a courier. A region is told by its GB/T 2260 code (`CN-31`) or by its short
Chinese name (上海), as shoppers' addresses are.
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

_CODES = {
    "北京": "CN-11",
    "天津": "CN-12",
    "河北": "CN-13",
    "山西": "CN-14",
    "内蒙古": "CN-15",
    "辽宁": "CN-21",
    "吉林": "CN-22",
    "黑龙江": "CN-23",
    "上海": "CN-31",
    "江苏": "CN-32",
    "浙江": "CN-33",
    "安徽": "CN-34",
    "福建": "CN-35",
    "江西": "CN-36",
    "山东": "CN-37",
    "河南": "CN-41",
    "湖北": "CN-42",
    "湖南": "CN-43",
    "广东": "CN-44",
    "广西": "CN-45",
    "海南": "CN-46",
    "重庆": "CN-50",
    "四川": "CN-51",
    "贵州": "CN-52",
    "云南": "CN-53",
    "西藏": "CN-54",
    "陕西": "CN-61",
    "甘肃": "CN-62",
    "青海": "CN-63",
    "宁夏": "CN-64",
    "新疆": "CN-65",
    "台湾": "CN-71",
    "香港": "CN-81",
    "澳门": "CN-82",
}
"""The code of each region by its short Chinese name."""


def distance_km(region: str, other: str) -> int | None:
    """Whole kilometres between the two regions' capitals by the haversine formula; None where one is not known."""
    region, other = _CODES.get(region, region), _CODES.get(other, other)
    if region not in _CAPITALS or other not in _CAPITALS:
        return None
    (lat_a, lon_a), (lat_b, lon_b) = _CAPITALS[region], _CAPITALS[other]
    phi_a, phi_b = radians(lat_a), radians(lat_b)
    rise, turn = sin((phi_b - phi_a) / 2), sin(radians(lon_b - lon_a) / 2)
    return round(2 * _EARTH_KM * asin(sqrt(rise * rise + cos(phi_a) * cos(phi_b) * turn * turn)))
