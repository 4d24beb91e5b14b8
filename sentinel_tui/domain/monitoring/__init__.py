"""Is it up? States, alerts, health and uptime."""
