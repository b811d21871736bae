"""What is known of one message: the words that the rest of the assistant reads under `understanding`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from nlu.topic_model import Neighbour


@dataclass(frozen=True)
class Understanding:
    """One message as understood; `as_dict` is what the `understanding` key of Rasa's output holds.

    `intent` is `outcome/topic` or `clarify/unsure`; `confidence` the probability that it is right; `reason` one plain
    sentence for staff; `choices` are offered when clarifying; `also` are general topics understood besides; `language`
    is ISO 639-1; `sure` says whether a general question may be answered while a person's reply is awaited.
    """

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...] = ()
    nearest: tuple[Neighbour, ...] = ()
    reason: str = ""
    model: str = ""
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    language: str = "en"
    sure: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        plain = asdict(self)
        plain["ranking"] = [list(pair) for pair in self.ranking]
        for name in ("nearest", "choices", "also"):
            plain[name] = list(plain[name])
        return plain
