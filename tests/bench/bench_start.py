"""How fast `sentinel --version` answers, against the bare interpreter in the same run.

Run: python tests/bench/bench_start.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 60
MOST_RATIO = 4.0
BARE = [sys.executable, "-c", "pass"]
VERSION = [sys.executable, "-m", "sentinel_tui", "--version"]
STATUS = [sys.executable, "-c", "import sentinel_tui.cli"]


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> int:
    took: dict[str, list[float]] = {"bare": [], "version": [], "cli": []}
    for _ in range(ROUNDS):
        # Interleaved, so that whatever else the machine does falls on all of them alike.
        took["bare"].append(seconds(BARE))
        took["version"].append(seconds(VERSION))
        took["cli"].append(seconds(STATUS))
    medians = {name: statistics.median(times) for name, times in took.items()}
    ratio = medians["version"] / medians["bare"]
    print(f"python -c pass        {medians['bare'] * 1_000:6.1f} ms   1.00x")
    print(f"sentinel --version    {medians['version'] * 1_000:6.1f} ms   {ratio:.2f}x")
    print(
        f"the command line      {medians['cli'] * 1_000:6.1f} ms   "
        f"{medians['cli'] / medians['bare']:.2f}x"
    )
    print(f"promised: sentinel --version at most {MOST_RATIO:.0f}x")
    return 0 if ratio <= MOST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
