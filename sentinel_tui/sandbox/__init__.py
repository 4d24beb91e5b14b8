"""A small real world on loopback: services that sleep, slow down and fail, to watch and to break.

It runs as a process of its own behind `sentinel demo` and the end-to-end tests. A new look-alike
is one module in `services/` and one line in `world.py`.
"""
