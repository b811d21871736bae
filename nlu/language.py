"""Recognises messages that are not in English; never a short, misspelt or medical English one."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from functools import cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

ENGLISH = "en"
NAMES = {
    "zh": "Chinese", "hi": "Hindi", "es": "Spanish", "fr": "French", "ar": "Arabic", "bn": "Bengali", "pt": "Portuguese",
    "ru": "Russian", "ur": "Urdu", "id": "Indonesian", "pl": "Polish", "de": "German", "cy": "Welsh", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "pa": "Punjabi", "tr": "Turkish", "ro": "Romanian", "nl": "Dutch", "uk": "Ukrainian",
}  # fmt: skip
"""The ten most spoken languages besides English and those most likely met in the clinics' countries, by ISO 639-1."""

FEWEST_WORDS = 3
SURE, FAIRLY_SURE = 0.9, 0.6  # confidence that is enough where at most HALF, or at most a QUARTER, of the words ...
HALF, QUARTER = 0.5, 0.25  # ... are known from the English training examples

_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class LanguageCheck:
    """Finds the language of a text; `english` holds the words (lower case) of the English training examples."""

    english: Container[str]

    def language_of(self, text: str) -> str:
        """Return an ISO 639-1 code; "en" wherever there is doubt."""
        words = [word.lower() for word in _WORD.findall(text)]
        letters = "".join(words)
        if not letters:
            return ENGLISH
        if sum(not _LATIN.match(letter) and ord(letter) > 0x24F for letter in letters) > len(letters) / 2:
            return self._most_likely(text)[0]
        if len(words) < FEWEST_WORDS or text.istitle():  # a list of names is no sentence in Welsh
            return ENGLISH
        known = sum(word in self.english for word in words) / len(words)
        if known > HALF:
            return ENGLISH
        code, confidence = self._most_likely(text)
        enough = confidence >= SURE or (confidence >= FAIRLY_SURE and known <= QUARTER)
        return code if enough else ENGLISH

    def _most_likely(self, text: str) -> tuple[str, float]:
        best = _detector().compute_language_confidence_values(text)[0]
        return best.language.iso_code_639_1.name.lower(), best.value


@cache
def _detector() -> LanguageDetector:
    wanted = {ENGLISH, *NAMES}
    languages = [one for one in Language.all() if one.iso_code_639_1.name.lower() in wanted]
    return (
        LanguageDetectorBuilder.from_languages(*languages)
        .with_low_accuracy_mode()
        .with_preloaded_language_models()
        .build()
    )
