"""Roulian 柔链: a demand-driven supply chain on WeChat, in one closed loop."""
