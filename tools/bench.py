"""`make bench`: speed of the understanding alone, then of the whole way of a message, beside a stock Rasa in one run."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.errors import SetupError
from bot.launcher.programs import ONE_CORE, QUIET, rasa_python
from bot.settings import Settings
from tools import bench_path
from tools.cases import read_cases
from tools.evaluate import active_model
from tools.stock_rasa import train_stock
from tools.validate import EVALUATION

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print both tables; 1 where no model was trained yet or a part failed."""
    try:
        model = active_model(Settings.load())
        with tempfile.TemporaryDirectory(prefix="handrail-bench-") as folder:
            print("Training the stock project ...", flush=True)
            stock = train_stock(Path(folder))
            cases = read_cases([EVALUATION / "faq.jsonl", EVALUATION / "chat.jsonl"])
            messages = sorted(case.text for case in cases)  # so that both kinds mix
            print_understanding(measure_understanding(model, stock, messages))
            asyncio.run(bench_path.main(model, stock, messages, Path(folder)))
    except SetupError as error:
        print(f"make bench: {error}", file=sys.stderr)
        return 1
    return 0


def measure_understanding(model: Path, stock: Path, messages: Sequence[str]) -> dict[str, float]:
    """Return the figures of `nlu.speed` for both models. Raises SetupError."""
    asked = stock.with_name("messages.txt")
    asked.write_text("".join(f"{' '.join(message.split())}\n" for message in messages), encoding="utf-8")
    command = [rasa_python(), "-m", "nlu.speed", str(model), str(stock), str(asked)]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **QUIET, **ONE_CORE}, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise SetupError(f"the understanding could not be timed:\n{run.stderr[-2000:]}")
    figures: dict[str, float] = json.loads(run.stdout.strip().splitlines()[-1])
    return figures


def print_understanding(figures: dict[str, float]) -> None:
    """Print the table."""
    print("Understanding one message    p50       p95")
    for name, label in (("ours", "Handrail"), ("stock", "stock Rasa")):
        print(f"  {label:<20} {figures[f'{name}_p50_ms']:>9.2f} ms {figures[f'{name}_p95_ms']:>9.2f} ms")
    print(f"  stock takes {figures['ratio']:.2f} times as long\n")


if __name__ == "__main__":
    sys.exit(main())
