"""Sentinel: the autonomous watch over a small video business, in a terminal."""

__version__ = "0.1.0"
