"""Where parcels and the terms of shipping are kept."""

from roulian.deliver.tables import shipments, terms

__all__ = ["shipments", "terms"]
