"""The command line: parse, call, print.

Data goes to standard output, words for people to standard error. Every command of the catalog is a
command here under the same name; the others set Sentinel up and run it.
"""

from sentinel_tui.cli.entry import main

__all__ = ["main"]
