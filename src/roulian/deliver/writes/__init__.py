"""What changes about parcels, their waybills, where they are collected, and the terms they travel on."""

from roulian.deliver.writes.collecting import collect, lapse, renew_code, set_ready
from roulian.deliver.writes.labels import ask_label, cancel_label, label_lost, label_refused, labelled
from roulian.deliver.writes.parcels import hand_over, pack, path, traced, void
from roulian.deliver.writes.terms import choose, filed_late, save_carrier, save_site, set_terms

__all__ = [
    "ask_label",
    "cancel_label",
    "choose",
    "collect",
    "filed_late",
    "hand_over",
    "label_lost",
    "label_refused",
    "labelled",
    "lapse",
    "pack",
    "path",
    "renew_code",
    "save_carrier",
    "save_site",
    "set_ready",
    "set_terms",
    "traced",
    "void",
]
