"""The long form of the proof.

`python -m tests.delivery.soak --messages 100000 --visitors 1000 --kills 200`
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter

from tests.delivery.ordeal import Scale, on_postgresql, on_sqlite
from tests.delivery.verdict import FAULTS, faults


def report(name: str, counts: Counter[str], seconds: float) -> None:
    print(f"\n{name}, {seconds:.0f} s")
    for key in sorted(counts, key=lambda key: (key not in FAULTS, key)):
        print(f"  {counts[key]:>8}  {key}")
    sys.stdout.flush()


def progress(line: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')} {line}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.delivery.soak", description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--visitors", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    options = parser.parse_args()
    runs = {"sqlite": on_sqlite, "postgresql": on_postgresql}
    wanted = list(runs) if options.database == "both" else [options.database]
    wrong = False
    for name in wanted:
        began = time.monotonic()
        scale = Scale(options.messages // len(wanted), options.visitors, options.kills // len(wanted))
        print(f"\n{name}: {scale}", flush=True)
        counts = asyncio.run(runs[name](scale, progress))
        report(name, counts, time.monotonic() - began)
        wrong = wrong or bool(faults(counts))
    print("\nSomething was lost, doubled or reordered." if wrong else "\n0 lost, 0 doubled, 0 reordered.")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
