"""The open API: what a brand's own engineers build on, under /v1 with an API key.

Owns: the resources of /v1, their scopes, cursors, idempotency keys and problem documents. Says: nothing.
Never: holds a rule or shows what a key has no scope for; it reads faces, calls flows, and answers what it promised in
its document, which is checked in beside the types generated from it (`frontend/api/v1.json`).
"""

from roulian.web.v1.app import beside, v1_app
from roulian.web.v1.deps import V1Deps

__all__ = ["V1Deps", "beside", "v1_app"]
