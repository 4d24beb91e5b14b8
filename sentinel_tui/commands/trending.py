"""`trends`, `tags`, `insights`: what videos that do well have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.figures import UNKNOWN, ratio
from sentinel_tui.commands.libraries import NO_STUDY
from sentinel_tui.commands.spec import Argument, ArgumentKind, Arguments, command, words
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.wording import counted, since
from sentinel_tui.domain.video.insights import Insight, Language
from sentinel_tui.domain.video.trends import Topic, Trend

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_TOPICS: dict[str, tuple[str, ...]] = {
    Topic.TAG: words("tag tags etiquette etiquettes"),
    Topic.LENGTH: words("length lengths duration durations longueur longueurs duree durees"),
    Topic.TITLE: words("title titles word words titre titres mot mots"),
    Topic.WEEKDAY: words("weekday weekdays day days jour jours"),
    Topic.DAY_PART: words("hour hours time heure heures moment"),
}
_TOPIC = Argument(ArgumentKind.CHOICE, "tag|length|title|weekday|hour", choices=_TOPICS)
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
    sure = [one for one in found if one.confidence is not None]
    title = counted(len(sure), "insight")
    if study is not None:
        title += f" from {counted(study.questions, 'question')} asked together"
        title += f", studied {since(study.at_ms, context.now_ms)} ago"
    return Answer(
        title=title if study else NO_STUDY,
        lines=tuple(one.told(language) for one in found if one.confidence is None),
        table=Table(
            ("SURE", "INSIGHT"),
            tuple((f"{one.confidence:.0%}", one.told(language)) for one in sure),
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
    """A trend for programs; null where it could not be answered."""
    return {
        "topic": one.topic,
        "group": one.group,
        "outcome": one.outcome,
        "videos_in": one.videos_in,
        "videos_out": one.videos_out,
        "ratio": one.ratio,
        "low": one.low,
        "high": one.high,
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
            ("ABOUT", "GROUP", "WHAT", "TIMES", "LIKELY", "VIDEOS", "SURE", "VERDICT"),
            tuple(_row(one) for one in answered),
            numbers=frozenset({"TIMES", "VIDEOS", "SURE"}),
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
    worth = sum(one.worth_saying for one in found)
    return (
        f"{worth} of {counted(questions, 'question')} found more than luck; one in ten of what is "
        "found may be luck all the same"
    )


def _row(one: Trend) -> tuple[str, ...]:
    verdict = "found" if one.worth_saying else "no more than luck"
    if one.confounded:
        verdict += ", mostly age and length"
    return (
        one.topic,
        one.group,
        one.outcome,
        ratio(one.ratio or 1.0),
        f"{ratio(one.low or 0.0)}–{ratio(one.high or 0.0)}",
        f"{one.videos_in}",
        UNKNOWN if one.confidence is None else f"{one.confidence:.0%}",
        verdict,
    )


def _lacking(found: Sequence[Trend]) -> tuple[str, ...]:
    groups = {(one.topic, one.group): one for one in found if one.ratio is None}
    return tuple(
        f"{topic} {group}: not enough data: {_needed(one)}"
        for (topic, group), one in groups.items()
    )


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
