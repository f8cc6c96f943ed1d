"""Doors for suppliers, the workshop and the carrier: see what is asked of me, answer, deliver, report.

Owns: /api/partners. Every call carries the partner's key in `X-Partner-Key`; keys are kept hashed.
"""

from roulian.web.partners.routes import PartnerDeps, partner_routes

__all__ = ["PartnerDeps", "partner_routes"]
