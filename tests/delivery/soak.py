"""The long form of the proof: every part, or those named.

`python -m tests.delivery.soak --only sqlite postgresql --messages 100000 --visitors 1000 --kills 200`
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.launcher.models import models_dir, read_active
from bot.settings import Settings
from tests.delivery.black_box import BlackBox
from tests.delivery.memory import growth, is_flat
from tests.delivery.ordeal import Scale, on_postgresql, on_sqlite
from tests.delivery.two_bots import either_may_die
from tests.delivery.verdict import FAULTS, faults
from tests.support.databases import new_database, postgres_server
from tools.stack import understanding

ORDEALS = {"sqlite": on_sqlite, "postgresql": on_postgresql}
MEMORY = Scale(messages=9000, visitors=100, kills=0)
ROUNDS = 6


async def whole_system() -> Counter[str]:
    """`python -m bot run` with twelve visitors, killed altogether six times."""
    with tempfile.TemporaryDirectory(prefix="handrail-soak-") as folder:
        return await BlackBox(Path(folder), ROUNDS).run()


async def two_bots() -> Counter[str]:
    """Two bots with two real Rasas on one PostgreSQL."""
    data = Settings.load().data_dir
    active = read_active(data)
    assert active, "No model was trained: run `make train` first."
    model = models_dir(data) / active.file
    folders = [tempfile.TemporaryDirectory(prefix="handrail-soak-", ignore_cleanup_errors=True) for _ in range(2)]
    with folders[0] as of_bots, folders[1] as of_server, postgres_server(Path(of_server)) as server:
        folder = Path(of_bots)
        async with understanding(model, folder / "1") as one, understanding(model, folder / "2") as other:
            return await either_may_die(folder, new_database(server), [one, other])


async def memory() -> Counter[str]:
    """One replica under load without deaths; memory that grows is counted as a fault."""
    with tempfile.TemporaryDirectory(prefix="handrail-soak-") as folder:
        held = await growth(Path(folder), MEMORY)
    counts = Counter({"accepted": MEMORY.messages, "memory grew": int(not is_flat(held))})
    counts.update({f"MiB after {third} third(s)": round(mebibytes) for third, mebibytes in enumerate(held, start=1)})
    return counts


OTHERS: dict[str, Callable[[], Awaitable[Counter[str]]]] = {
    "whole-system": whole_system,
    "two-bots": two_bots,
    "memory": memory,
}


def progress(line: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')} {line}", flush=True)


def report(name: str, counts: Counter[str], seconds: float) -> None:
    print(f"\n{name}, {seconds:.0f} s")
    for key in sorted(counts, key=lambda key: (key not in FAULTS, key)):
        print(f"  {counts[key]:>8}  {key}")
    sys.stdout.flush()


async def run(name: str, scale: Scale) -> Counter[str]:
    return await (ORDEALS[name](scale, progress) if name in ORDEALS else OTHERS[name]())


def main() -> int:
    options = _options()
    ordeals = len([name for name in options.only if name in ORDEALS]) or 1
    scale = Scale(options.messages // ordeals, options.visitors, options.kills // ordeals)
    wrong = False
    for name in options.only:
        print(f"\n{name}" + (f": {scale}" if name in ORDEALS else ""), flush=True)
        began = time.monotonic()
        counts = asyncio.run(run(name, scale))
        report(name, counts, time.monotonic() - began)
        wrong = wrong or bool(faults(counts)) or bool(counts["memory grew"])
    print("\nSomething is wrong, see above." if wrong else "\n0 lost, 0 doubled, 0 reordered.")
    return int(wrong)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.delivery.soak", description=__doc__)
    parts = [*ORDEALS, *OTHERS]
    parser.add_argument("--only", nargs="+", choices=parts, default=parts, metavar="PART", help=", ".join(parts))
    parser.add_argument("--messages", type=int, default=100_000, help="over all databases")
    parser.add_argument("--visitors", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=200, help="over all databases")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
