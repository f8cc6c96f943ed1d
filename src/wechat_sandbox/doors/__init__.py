"""The doors of a sandbox that is served alone, and what unmodified clients need in their environment to find them."""

from wechat_sandbox.doors.environments import shell_lines, url, variables
from wechat_sandbox.doors.hosts import PRELOAD, hosts
from wechat_sandbox.doors.serving import Doors, DoorTakenError, Opened, messenger, sender, serve

__all__ = [
    "PRELOAD",
    "DoorTakenError",
    "Doors",
    "Opened",
    "hosts",
    "messenger",
    "sender",
    "serve",
    "shell_lines",
    "url",
    "variables",
]
