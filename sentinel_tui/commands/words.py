"""From a line of text to the words that carry meaning, in English and in French."""

from __future__ import annotations

import re

from sentinel_tui.text import clean_text, fold

LONGEST_LINE = 200
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


def split_words(text: str) -> list[str]:
    """The folded words of a line, without quotes, punctuation and leaning articles.

    Quotes need not be closed: no argument of any command holds a space, so all they could do is
    to go wrong.
    """
    line = fold(clean_text(text, LONGEST_LINE)).translate(_APOSTROPHES)
    if line == "?":
        return [line]
    bare = (_ELISION.sub("", piece.strip(_EDGES)).strip(_EDGES) for piece in line.split())
    return [word for word in bare if word]
