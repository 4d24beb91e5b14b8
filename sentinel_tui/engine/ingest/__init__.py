"""The ingest server: what services, pages and players tell the engine themselves, over HTTP.

A request passes through these hands: `server` counts connections, `connection` speaks HTTP within
limits, `routes` finds what is wanted, `gate` says who asks and whether they may, `intake` makes
events of what was told and has them stored. Only then the answer goes out: what was answered with
202 survives a power cut.
"""
