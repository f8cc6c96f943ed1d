"""Where shoppers live: provinces, in proportion to their people.

Source: Seventh National Population Census of China (2020), residents in ten thousands. The real buyers are British
and European; which province each gets is chance, so nothing here says anything about regional taste.
"""

from bisect import bisect
from itertools import accumulate

from world.chance import share

POPULATION_WAN = {
    "广东": 12601, "山东": 10153, "河南": 9937, "江苏": 8475, "四川": 8367, "河北": 7461, "湖南": 6644, "浙江": 6457,
    "安徽": 6103, "湖北": 5775, "广西": 5013, "云南": 4721, "江西": 4519, "辽宁": 4259, "福建": 4154, "陕西": 3953,
    "贵州": 3856, "山西": 3492, "重庆": 3205, "黑龙江": 3185, "新疆": 2585, "甘肃": 2502, "上海": 2487, "吉林": 2407,
    "内蒙古": 2405, "北京": 2189, "天津": 1387, "海南": 1008, "宁夏": 720, "青海": 592, "西藏": 365,
}  # fmt: skip
_NAMES = tuple(POPULATION_WAN)
_BOUNDS = tuple(accumulate(POPULATION_WAN.values()))
_SEED = 2020


def province(shopper: str) -> str:
    """The short Chinese name of the shopper's province: the same in every run, whatever the scenario's seed."""
    return _NAMES[bisect(_BOUNDS, share(_SEED, "province", shopper) * _BOUNDS[-1])]
