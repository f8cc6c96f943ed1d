"""The two servers the world speaks to, and how it reaches them.

Owns: every path and field name the world sends. Never: a rule of the platform's.
"""

from world.doors.door import AsgiApp, AsgiDoor, Door, HttpDoor, Reply
from world.doors.platform import BrokenDoor, OrderPage, Parcel, Placed, Platform, Purchase, Refused, Session, Work
from world.doors.sandbox import BrokenSandbox, Sandbox, Step

__all__ = [
    "AsgiApp",
    "AsgiDoor",
    "BrokenDoor",
    "BrokenSandbox",
    "Door",
    "HttpDoor",
    "OrderPage",
    "Parcel",
    "Placed",
    "Platform",
    "Purchase",
    "Refused",
    "Reply",
    "Sandbox",
    "Session",
    "Step",
    "Work",
]
