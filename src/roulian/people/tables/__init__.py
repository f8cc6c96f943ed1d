"""Where people are kept, one file per subject. No other table of the house holds personal data."""

from roulian.people.tables import handles, members, readings, staff  # noqa: F401 - importing declares the tables
