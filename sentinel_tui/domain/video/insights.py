"""What is worth telling of the videos, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The languages insights are told in."""

    ENGLISH = "en"
    FRENCH = "fr"


@dataclass(frozen=True, slots=True)
class Insight:
    """A finding in words.

    Attributes:
        kind: What it is about, such as `tag` or `length`; a word of `trends.Topic` or another.
        group: The group or video it is about.
        english: The sentence in English, with sample sizes.
        french: The same in French.
        confidence: How sure it is, 0 to 1; None for what there is too little data to say.
        missing: What is missing to say more, in English; empty where nothing is.
        video: The id of the video it is about, or empty.
    """

    kind: str
    group: str
    english: str
    french: str
    confidence: float | None
    missing: str = ""
    video: str = ""

    def told(self, language: Language) -> str:
        """The sentence in one of the languages."""
        return self.french if language is Language.FRENCH else self.english
