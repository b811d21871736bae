"""`make evaluate CASES=file.jsonl [OUT=report.json]`: asks every case through the crisis check, Rasa, its rules and the action server.

Without CASES every file of tests/evaluation is asked. Beside the JSON report an HTML page of the same name is written.
With BOT_RASA_URL set, that Rasa is asked; otherwise the active model is served on free ports for the time it takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from bot.approved import Approved
from bot.conversation.model import Context, Reply
from bot.conversation.ports import CrisisCheck, Understander
from bot.errors import HandrailError, SetupError
from bot.launcher.models import ROOT, fingerprint, read_active
from bot.rasa_client import RasaClient
from bot.settings import Settings
from content.encoder import shared_encoder
from content.yaml_lines import ContentError
from tools.cases import Case, CasesError, read_cases
from tools.report_page import write_page
from tools.said import ApprovedTexts
from tools.score import Scored, summarise
from tools.stack import understanding

AT_ONCE = 4
PATIENCE_S = 60.0
"""How long Rasa may take for one case: an evaluation asks what is said, and a busy machine must not end it."""


def main(arguments: list[str] | None = None) -> int:
    """Print the summary and write the reports; 0 when every case could be asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, default=None)
    parser.add_argument("--out", type=Path, default=Path("report.json"))
    options = parser.parse_args(arguments)
    paths = [options.cases] if options.cases else sorted((ROOT / "tests" / "evaluation").glob("*.jsonl"))
    try:
        cases = read_cases(paths)
        scored = asyncio.run(evaluate(cases, Settings.load()))
    except (HandrailError, CasesError, ContentError) as error:
        print(f"Evaluation stopped: {error}", file=sys.stderr)
        return 1
    report = build_report(scored)
    options.out.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    page = options.out.with_suffix(".html")
    write_page(scored, report["summary"], page)
    print_summary(report["summary"])
    print(f"\nReport: {options.out}   To look at: {page}")
    return 0


async def evaluate(cases: Sequence[Case], settings: Settings, model: Path | None = None) -> list[Scored]:
    """Ask every case in a conversation of its own, against `model` (default: the active one).

    Raises:
        SetupError: no model, or Rasa does not start.
        UnderstandingUnavailable: a case got no reply, asked twice.
    """
    async with AsyncExitStack() as stack:
        url = settings.rasa_url
        if not url:
            logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="handrail-evaluate-")))
            url = await stack.enter_async_context(understanding(model or active_model(settings), logs))
        return await ask_all(cases, url, settings)


async def ask_all(cases: Sequence[Case], url: str, settings: Settings) -> list[Scored]:
    """Ask a running Rasa at `url` every case."""
    async with RasaClient(url, PATIENCE_S, vector_of=shared_encoder().packed) as understander:
        check, gate = Approved.load(settings.content_dir), asyncio.Semaphore(AT_ONCE)
        texts = ApprovedTexts.load(settings.content_dir)

        async def one(case: Case) -> Scored:
            async with gate:
                started = time.perf_counter()
                reply = await ask(case, understander, check)
                return Scored(case, reply, time.perf_counter() - started, texts.given_in(reply.text))

        return list(await asyncio.gather(*(one(case) for case in cases)))


async def ask(case: Case, understander: Understander, check: CrisisCheck) -> Reply:
    """Return the reply to the case's text, after the turns before it where it has some."""
    context = Context()
    for number, text in enumerate(case.before):
        context = context.after(await decide(f"{case.id}-{number}", text, context, understander, check))
    return await decide(case.id, case.text, context, understander, check)


async def decide(message_id: str, text: str, context: Context, understander: Understander, check: CrisisCheck) -> Reply:
    """The bot's own order: the crisis check first, then Rasa (asked once more where it did not answer)."""
    try:
        return check.check(text) or await understander.reply_to(message_id, text, context)
    except HandrailError:
        return await understander.reply_to(f"{message_id}-again", text, context)


def build_report(scored: Sequence[Scored]) -> dict[str, Any]:
    """Return the report in the format of the architecture's contract."""
    return {
        "summary": summarise(scored),
        "cases": [
            {
                "id": item.case.id,
                "text": item.case.text,
                "outcome": item.outcome,
                "topic": item.reply.topic,
                "confidence": round(item.reply.understanding.confidence, 4),
                "reply": item.reply.text,
                "ok": item.ok,
                "reason": item.reply.understanding.reason,
                "expected": {
                    "outcome": item.case.outcome,
                    "topic": item.case.topic,
                    "also_ok": list(item.case.also_ok),
                },
            }
            for item in scored
        ],
    }


def print_summary(summary: dict[str, Any]) -> None:
    """Print the figures a person looks for first."""
    print(f"{summary['cases']} cases, median {summary['median_ms']} ms each")
    for title, groups in (("expected outcome", summary["by_outcome"]), ("slice", summary["by_slice"])):
        print(
            f"\n{title:<24}{'count':>6}{'right':>8}{'95% interval':>17}{'topic':>8}{'handed':>8}{'answered':>9}{'wrong':>7}{'clarify':>8}"
        )
        for name, group in groups.items():
            right = group["recall"]
            print(
                f"{name:<24}{group['count']:>6}{right['value']:>8.1%}{right['low']:>9.1%}-{right['high']:>6.1%}{group['topic_accuracy']:>9.1%}"
                f"{group['handed_over']['value']:>8.1%}{group['answered']['value']:>9.1%}{group['wrong_answers']:>7}{group['clarified']:>8}"
            )
    if found := summary.get("parts_answered"):
        print(
            f"\nof {found['of']} general questions in messages that ask several, answered: {found['value']:.1%} "
            f"({found['low']:.1%}-{found['high']:.1%})"
        )
    print(
        f"\nclinical or crisis messages answered: {summary['clinical_or_crisis_answered']}; wrong answers: {summary['wrong_answers']}; "
        f"false handoffs: {summary['false_handoffs']}; false crisis alarms: {summary['false_crisis_alarms']}"
    )


def active_model(settings: Settings) -> Path:
    """Return the active model's file, with a note where it does not fit the data. Raises SetupError."""
    active = read_active(settings.data_dir)
    if active is None:
        raise SetupError("No model was trained yet. Run: make train")
    if active.fingerprint != fingerprint():
        print(
            "Note: the active model was trained on other data than is present now. `make train` makes a new one.",
            file=sys.stderr,
        )
    return active.path(settings.data_dir)


if __name__ == "__main__":
    sys.exit(main())
