"""`trends`, `tags`, `insights`: what videos that do well have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.figures import UNKNOWN, percent, ratio, sure
from sentinel_tui.commands.libraries import NO_STUDY
from sentinel_tui.commands.spec import Argument, ArgumentKind, Arguments, command, words
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.wording import counted, since
from sentinel_tui.domain.video.insights import Insight, Language
from sentinel_tui.domain.video.trends import Topic, Trend

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_MOST_LACKING = 12
_TOPICS: dict[str, tuple[str, ...]] = {
    Topic.TAG: words("tag tags etiquette etiquettes"),
    Topic.LENGTH: words("length lengths duration durations longueur longueurs duree durees"),
    Topic.TITLE: words("title titles word words titre titres mot mots"),
    Topic.WEEKDAY: words("weekday weekdays day days jour jours"),
    Topic.DAY_PART: words("hour hours time heure heures moment"),
    Topic.LIBRARY: words("library libraries bibliotheque bibliotheques"),
}
_TOPIC = Argument(ArgumentKind.CHOICE, "tag|length|title|weekday|hour|library", choices=_TOPICS)
_LANGUAGE: dict[str, tuple[str, ...]] = {
    Language.ENGLISH: words("english anglais en"),
    Language.FRENCH: words("french francais fr"),
}


@command(
    "trends",
    en="trend patterns",
    fr="tendances tendance",
    arguments=(_TOPIC,),
    fillers="by par video videos of",
)
def trends(context: Context, given: Arguments) -> Answer:
    """Show what videos that do well have in common, and how far that may be believed."""
    return _about(context, Topic(given.choice) if given.choice else None)


@command("tags", en="tag", fr="étiquettes étiquette", fillers="video videos all tous toutes")
def tags(context: Context, given: Arguments) -> Answer:
    """Show how videos of each tag and theme do, compared with the others."""
    return _about(context, Topic.TAG)


@command(
    "insights",
    en="insight findings",
    fr="enseignements enseignement",
    arguments=(Argument(ArgumentKind.CHOICE, "en|fr", choices=_LANGUAGE),),
    fillers="in about video videos",
)
def insights(context: Context, given: Arguments) -> Answer:
    """Tell what is worth knowing of the videos, each with how sure it is."""
    study, engine = context.store.study(), find_engine(context)
    language = Language(given.choice) if given.choice else context.language
    found = study.insights if study else ()
    known = [one for one in found if one.confidence is not None]
    title = counted(len(known), "insight")
    if study is not None:
        title += f" from {counted(study.questions, 'question')} asked together"
        title += f", studied {since(study.at_ms, context.now_ms)} ago"
    return Answer(
        title=title if study else NO_STUDY,
        lines=tuple(one.told(language) for one in found if one.confidence is None),
        table=Table(
            ("SURE", "INSIGHT"),
            tuple((sure(one.confidence or 0.0), one.told(language)) for one in known),
            numbers=frozenset({"SURE"}),
        ),
        data={
            "insights": [_insight_data(one) for one in found],
            "studied_ms": study.at_ms if study else None,
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(0, engine),
    )


@command("study", en="analyse analyze", fr="étudier étudie analyser", acts=True, fillers="videos")
def study(context: Context, given: Arguments) -> Answer:
    """Look into all videos together now."""
    result = context.ask("study")
    return Answer(title="The videos are being studied; `insights` will tell.", data={**result})


def trend_data(one: Trend) -> dict[str, Any]:
    """A trend for programs; null where it could not be answered.

    Of the share watched, ratios are those of odds: the shares they come to stand beside them.
    """
    ends = {"share": one.ratio, "share_low": one.low, "share_high": one.high}
    shares = {
        key: None if times is None or one.usual_share is None else round(one.share_at(times), 4)
        for key, times in ends.items()
    }
    return {
        "topic": one.topic,
        "group": one.group,
        "outcome": one.outcome,
        "videos_in": one.videos_in,
        "videos_out": one.videos_out,
        "ratio": one.ratio,
        "low": one.low,
        "high": one.high,
        **shares,
        "usual_share": one.usual_share,
        "raw_ratio": one.raw_ratio,
        "p": one.p,
        "q": one.q,
        "confidence": one.confidence,
        "worth_saying": one.worth_saying,
        "confounded": one.confounded,
        "videos_missing": one.videos_missing,
        "weeks_missing": one.weeks_missing,
    }


def _about(context: Context, topic: Topic | None) -> Answer:
    study, engine = context.store.study(), find_engine(context)
    found = [one for one in (study.trends if study else ()) if topic in (None, one.topic)]
    answered = [one for one in found if one.ratio is not None]
    return Answer(
        title=_title(found, study.questions) if study else NO_STUDY,
        lines=_lacking(found),
        table=Table(
            ("ABOUT", "GROUP", "WHAT", "FIGURE", "LIKELY", "USUAL", "VIDEOS", "SURE", "VERDICT"),
            tuple(_row(one) for one in answered),
            numbers=frozenset({"FIGURE", "USUAL", "VIDEOS", "SURE"}),
        ),
        data={
            "trends": [trend_data(one) for one in found],
            "questions": study.questions if study else 0,
            "studied_ms": study.at_ms if study else None,
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(0, engine),
    )


def _title(found: Sequence[Trend], questions: int) -> str:
    worth, tested = sum(one.worth_saying for one in found), sum(one.q is not None for one in found)
    if not tested:
        return "There are too few videos to ask"
    asked = counted(tested, "question")
    together = "" if tested == questions else f", {questions:,} asked together"
    return (
        f"{worth} of {asked} found more than luck{together}; one in ten of what is found may be "
        "luck all the same"
    )


def _row(one: Trend) -> tuple[str, ...]:
    verdict = "found" if one.worth_saying else "may be luck"
    if one.confounded:
        verdict += ", mostly age, length or library"
    value = one.ratio or 1.0
    figure, low, high = (
        _compared(one, end) for end in (value, one.low or value, one.high or value)
    )
    return (
        one.topic,
        one.group,
        one.outcome,
        figure,
        f"{low} to {high}",
        ratio(1.0) if one.usual_share is None else percent(one.usual_share),
        f"{one.videos_in}",
        UNKNOWN if one.confidence is None else sure(one.confidence),
        verdict,
    )


def _compared(one: Trend, times: float) -> str:
    """A ratio as it is read: of the share watched it is one of odds, which nobody reads."""
    return ratio(times) if one.usual_share is None else percent(one.share_at(times))


def _lacking(found: Sequence[Trend]) -> tuple[str, ...]:
    """What needs more videos, the nearest first; of thousands of tags most are far from it."""
    groups = {
        (one.topic, one.group): one for one in found if one.videos_missing or one.weeks_missing
    }
    nearest = sorted(groups.values(), key=lambda one: (one.videos_missing, one.weeks_missing))
    lines = [
        f"{one.topic} {one.group}: not enough data: {_needed(one)}"
        for one in nearest[:_MOST_LACKING]
    ]
    if len(nearest) > _MOST_LACKING:
        lines.append(f"and {len(nearest) - _MOST_LACKING:,} more with too little")
    return tuple(lines)


def _needed(one: Trend) -> str:
    needs = []
    if one.videos_missing:
        needs.append(counted(one.videos_missing, "more video"))
    if one.weeks_missing:
        needs.append(f"videos of {counted(one.weeks_missing, 'more week')}")
    return " and ".join(needs)


def _insight_data(one: Insight) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "group": one.group,
        "english": one.english,
        "french": one.french,
        "confidence": one.confidence,
        "missing": one.missing,
        "video": one.video,
    }
