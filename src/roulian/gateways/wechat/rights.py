"""Which of the open platform's permission sets an API needs: data, asked before calling for an authorised account.

Ids from WeChat's list of permission sets (developers.weixin.qq.com, 第三方平台·权限集). Only those that a source names
are here; an API without a row is tried, and what WeChat answers (48001, 61007) is remembered for a day.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

ASK_AGAIN_AFTER = timedelta(days=1)
"""How long a denial is believed; rights come back silently when an operator ticks a box in WeChat's console."""

NOT_GRANTED = 61007

PERMISSION_SETS: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        "/datacube/getarticleread": frozenset({7}),
        "/datacube/getarticleshare": frozenset({7}),
        "/datacube/getbizsummary": frozenset({7}),
        "/datacube/getarticletotaldetail": frozenset({7}),
        "/wxa/sec/order/": frozenset({142}),
        "/cgi-bin/express/": frozenset({45, 71}),
    }
)
"""By path, or by the beginning of a path that ends in a slash: any one of the sets opens it."""


def is_granted(api: str, sets: frozenset[int]) -> bool:
    """Whether an account whose owner granted `sets` may use `api`, as far as the table says."""
    needed = next((need for path, need in PERMISSION_SETS.items() if _covers(path, api)), frozenset())
    return not needed or not needed.isdisjoint(sets)


def _covers(path: str, api: str) -> bool:
    return api.startswith(path) if path.endswith("/") else api == path
