"""A route binds a method and path to a function; its door says which protocol guards it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, Reply, Request


class Door(StrEnum):
    """What must be right before the function is called.

    Nothing, an access token, a third-party platform's own token, a Pay signature; or it is the test's own.
    """

    OPEN = "open"
    TOKEN = "token"  # noqa: S105 - the name of a door, not a secret
    COMPONENT = "component"
    PAY = "pay"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Route:
    """One API: its method, its path (`{}` stands for one variable segment), its door and the function behind it.

    The function gives a JSON body, or a whole `Reply` where WeChat answers with something else (an image, a page).
    `refuses` are the errcodes (or Pay codes) that it may answer, beside those of its door.
    """

    method: str
    path: str
    door: Door
    call: Callable[[State, Request], Body | Reply | None]
    refuses: tuple[int | str, ...] = ()


class RouteTable:
    """Finds the route of a path: exact paths by one look-up, paths with a variable segment by their shape."""

    def __init__(self, routes: Iterable[Route]) -> None:
        known = tuple(routes)
        self._exact = {(route.method, route.path): route for route in known}
        self._methods = {route.path: route.method for route in known}
        self._shaped = [(route.method, route.path.split("/"), route) for route in known if "{}" in route.path]

    def find(self, method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
        """The route and the values of its variable segments, or None."""
        route = self._exact.get((method, path))
        if route is not None:
            return route, ()
        segments = path.split("/")
        for wanted, shape, shaped in self._shaped:
            if wanted == method and len(shape) == len(segments):
                pairs = list(zip(shape, segments, strict=True))
                if all(part in ("{}", segment) for part, segment in pairs):
                    return shaped, tuple(segment for part, segment in pairs if part == "{}")
        return None

    def method_of(self, path: str) -> str | None:
        """The method an exact path wants, or None for an unknown path."""
        return self._methods.get(path)
