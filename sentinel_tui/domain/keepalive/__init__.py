"""Awake when needed: sleep, waking and cold starts."""
