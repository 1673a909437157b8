"""Sums are read in threes, as on every receipt; Django's own Chinese writes them without a separator."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
