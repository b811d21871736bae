"""A stock Rasa project made from our own examples: what a developer gets from `rasa init`, to compare speed with.

Accuracy is not compared, so DIET and TED are trained for a few rounds only: how long one message takes does not depend on that.
"""

from __future__ import annotations

import os
import subprocess
from collections import defaultdict
from pathlib import Path

import yaml

from bot.errors import SetupError
from bot.launcher.processes import Program
from bot.launcher.programs import LOOPBACK, QUIET, rasa_python
from content.training_data import read_examples

EXAMPLES_EACH = 20
PIPELINE = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 2, "constrain_similarities": True},
    {"name": "EntitySynonymMapper"},
    {"name": "ResponseSelector", "epochs": 2, "constrain_similarities": True},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
POLICIES = [
    {"name": "MemoizationPolicy"},
    {"name": "RulePolicy"},
    {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": 2},
    {"name": "TEDPolicy", "max_history": 5, "epochs": 2, "constrain_similarities": True},
]


def train_stock(folder: Path) -> Path:
    """Write and train the project in `folder`; return its model. Raises SetupError."""
    examples: dict[str, list[str]] = defaultdict(list)
    for example in read_examples():
        name = example.intent.replace("/", "_")
        if len(examples[name]) < EXAMPLES_EACH:
            examples[name].append(example.text)
    _write(
        folder / "config.yml", {"recipe": "default.v1", "language": "en", "pipeline": PIPELINE, "policies": POLICIES}
    )
    topics = [*examples, "nlu_fallback"]  # it answers every message, also one it does not understand
    responses = {f"utter_{name}": [{"text": f"This is about {name}."}] for name in topics}
    _write(folder / "domain.yml", {"version": "3.1", "intents": list(examples), "responses": responses})
    nlu = [{"intent": name, "examples": "".join(f"- {text}\n" for text in texts)} for name, texts in examples.items()]
    _write(folder / "data" / "nlu.yml", {"version": "3.1", "nlu": nlu})
    stories = [
        {
            "story": name,
            "steps": [{"intent": name}, {"action": f"utter_{name}"}, {"intent": name}, {"action": f"utter_{name}"}],
        }
        for name in examples
    ]
    _write(folder / "data" / "stories.yml", {"version": "3.1", "stories": stories})
    rules = [{"rule": name, "steps": [{"intent": name}, {"action": f"utter_{name}"}]} for name in topics]
    _write(folder / "data" / "rules.yml", {"version": "3.1", "rules": rules})
    _write(folder / "endpoints.yml", {})
    _write(folder / "credentials.yml", {"rest": None})
    command = [rasa_python(), "-m", "rasa", "train", "--fixed-model-name", "stock"]
    with (folder / "train.log").open("w") as log:
        code = subprocess.run(
            command, cwd=folder, stdout=log, stderr=log, env={**os.environ, **QUIET}, check=False
        ).returncode
    if code:
        end = (folder / "train.log").read_text(errors="replace")[-2000:]
        raise SetupError(f"The stock project did not train. The end of what it said:\n{end}")
    return folder / "models" / "stock.tar.gz"


def stock_program(folder: Path, model: Path, port: int) -> Program:
    """Return how to serve the stock model over REST."""
    command = [rasa_python(), "-m", "rasa", "run", "--model", str(model), "--interface", LOOPBACK, "--port", str(port)]
    files = ["--endpoints", str(folder / "endpoints.yml"), "--credentials", str(folder / "credentials.yml")]
    return Program("Stock Rasa", [*command, *files], f"http://{LOOPBACK}:{port}/", folder / "run.log", QUIET)


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
