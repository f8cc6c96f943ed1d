"""Logistics inside WeChat: the assistant's waybills, tracking of any parcel, returns, and same-city delivery."""
