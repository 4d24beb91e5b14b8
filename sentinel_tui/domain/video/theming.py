"""Which themes videos have by their owner's word, and which the others seem to have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sentinel_tui.domain.video.study import Known, ThemeSuggestion
from sentinel_tui.domain.video.themes import FEWEST_LABELS, Labelled, suggest

_LONGEST_TEXT = 200
"""A title and how the description begins; further down stand links and thanks."""


def themes(known: Sequence[Known]) -> dict[str, str]:
    """The themes of videos, by video; those of which nothing is known are left out.

    What its owner named counts. Else a video has the first of its tags that ten videos or more
    carry, which makes it a theme and not a remark.
    """
    carried = Counter(tag for one in known for tag in set(one.video.tags))
    found = {}
    for one in known:
        common = (tag for tag in one.video.tags if carried[tag] >= FEWEST_LABELS)
        theme = one.theme or next(common, "")
        if theme:
            found[one.video.id] = theme
    return found


def suggestions(known: Sequence[Known]) -> tuple[ThemeSuggestion, ...]:
    """Themes for videos with neither a theme nor a tag of their owner's, the surest first."""
    present = [one for one in known if one.video.gone_ms is None]
    theme_of = themes(present)
    taught = [
        Labelled(_text(one), theme)
        for one in present
        if (theme := theme_of.get(one.video.id)) is not None
    ]
    asked = [one for one in present if not one.theme and not one.video.tags]
    return tuple(
        ThemeSuggestion(asked[one.place].video.id, one.theme, one.margin)
        for one in suggest(taught, [_text(one) for one in asked])
    )


def _text(known: Known) -> str:
    """What is learnt from; tags are left out, as those who are asked about have none."""
    return f"{known.video.title} {known.video.description}"[:_LONGEST_TEXT]
