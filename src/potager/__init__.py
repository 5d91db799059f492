"""Potager 精耕: a private-domain operations system, right end to end."""

__version__ = "0.1.0"
