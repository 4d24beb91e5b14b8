"""From a line of text to the words that carry meaning, in English and in French."""

from __future__ import annotations

import re

from sentinel_tui.text import clean_text, fold

LONGEST_LINE = 500
"""The most characters of a line that are read: a longer one is not what anybody types."""

_ENGLISH = (
    "a an at do does for from give i in is are it me my of on over past last please see show "
    "since tell that the to us want was were what whats with within you your can could "
    "service services"
)
_FRENCH = (
    "affiche affiche-moi affichez afficher au aux c ce ces cette dans de depuis dernier derniere "
    "dernieres derniers des dire dis dis-moi donne donne-moi donnez du elle en est et-il il j je "
    "l la le les ma mes met mets mettez mettre moi mon montre montre-moi montrez montrer nous "
    "pendant peux plait pour quel quelle quelles quels qui s sil sont stp sur svp te tu un une "
    "veux voir vous y"
)
STOP_WORDS = frozenset(f"{_ENGLISH} {_FRENCH}".split())
"""Words that change nothing about what is meant. No negation may ever be among them."""

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})
_EDGES = "\"'“”«»‹›`()[]{}<>?!.,;:¿¡…"
_ELISION = re.compile(r"^(?:l|d|j|s|c|m|t|qu)'(?=.)")
"""French articles and pronouns that lean on the next word. Never `n'`: that one negates."""


class Word(str):
    """A word as it is compared: folded, without quotes and punctuation.

    Attributes:
        typed: How it stood in the line, for arguments that are kept as they were written.
    """

    __slots__ = ("typed",)
    typed: str

    def __new__(cls, bare: str, typed: str | None = None) -> Word:
        """A word, and how it was typed where that is different."""
        word = super().__new__(cls, bare)
        word.typed = bare if typed is None else typed
        return word


def split_words(text: str) -> list[Word]:
    """The folded words of a line, without quotes, punctuation and leaning articles.

    Quotes need not be closed: no argument of any command needs them, so all they could do is to
    go wrong. Punctuation that stands alone is no word; it stays with how the next one was typed,
    or with the last one.
    """
    line = clean_text(text, LONGEST_LINE)
    if line == "?":
        return [Word(line)]
    words: list[Word] = []
    before: list[str] = []
    for piece in line.split():
        before.append(piece)
        bare = _bare(piece)
        if bare:
            words.append(Word(bare, " ".join(before)))
            before.clear()
    if words and before:
        words[-1] = Word(words[-1], " ".join([words[-1].typed, *before]))
    return words


def _bare(piece: str) -> str:
    # Some signs fold into a space and an accent; a piece stays one word all the same.
    folded = "".join(fold(piece).split()).translate(_APOSTROPHES)
    return _ELISION.sub("", folded.strip(_EDGES)).strip(_EDGES)
