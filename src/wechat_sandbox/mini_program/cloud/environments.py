"""Which environments a mini-program has bound; every cloud API asks first."""

from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError

REFUSED = (85088, -501005)


def bind(state: State, appid: str, env: str) -> None:
    """The environment is the mini-program's."""
    state.run("INSERT OR IGNORE INTO cloud_envs VALUES (?, ?)", appid, env)


def check_env(state: State, appid: str, env: str) -> None:
    """Raises `ApiError` 85088 for a mini-program without an environment and -501005 for one that is not its own."""
    envs = [row["env"] for row in state.all("SELECT env FROM cloud_envs WHERE appid = ?", appid)]
    if not envs:
        raise ApiError(85088)
    if env not in envs:
        raise ApiError(-501005)
