"""`sentinel video`: one video by its title, or what an export of any platform tells of its own."""

from __future__ import annotations

from operator import itemgetter
from pathlib import Path
from typing import Any

import click

from sentinel_tui.cli.asking import answer, catalog_help
from sentinel_tui.cli.output import json_option, print_json, print_text
from sentinel_tui.cli.session import Session
from sentinel_tui.cli.video_files import read_heatmaps, read_video_table
from sentinel_tui.commands.catalog import BY_NAME
from sentinel_tui.commands.parser import parse_arguments

_SPEC = BY_NAME["video"]
_FILE = click.Path(path_type=Path)


@click.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1)
@json_option
@click.pass_context
def _shown(context: click.Context, words: tuple[str, ...], json: bool) -> int:
    session: Session = context.obj
    as_json = json or (context.parent is not None and context.parent.params["json"])
    with session.context() as given:
        read = parse_arguments(_SPEC, words, session.service_ids(given))
        return answer(session, read, given, json=as_json)


class _TitleOrCommand(click.Group):
    """A group in which whatever is no command is the title of a video."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant, and what is left for it."""
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return _SPEC.name, _shown, args


@click.group(
    cls=_TitleOrCommand,
    help=f"{catalog_help(_SPEC)}\n\nIts two commands analyse files, without an account anywhere.",
    short_help=f"{_SPEC.summary}.",
    subcommand_metavar="TITLE | COMMAND FILE",
)
@json_option
def video(json: bool) -> None:
    """Show one video, or analyse an export."""


@video.command()
@click.argument("file", type=_FILE)
@json_option
def score(file: Path, json: bool) -> int:
    """Score how well each video holds its viewers, fairly across lengths.

    FILE is CSV with a heading: video_id, length_s, views, completed (views that reached 90 %), and
    hold (mean share watched) or watch_s (mean seconds watched). 50 is what is usual here for a
    video of that length, 84 one spread better. Intervals are part of the answer.
    """
    from sentinel_tui.domain.video.completion import Reached, completions
    from sentinel_tui.domain.video.engagement import Watched, engagement

    rows = read_video_table(file)
    scores = engagement([Watched(row.length_s, row.views, row.hold) for row in rows])
    shares = completions([Reached(row.length_s, row.views, row.completed) for row in rows])
    told: list[dict[str, Any]] = [
        {
            "video_id": row.video_id,
            "score": one.score,
            "score_lo": one.low,
            "score_hi": one.high,
            "confidence": one.confidence,
            "completion": share.value,
            "completion_lo": share.low,
            "completion_hi": share.high,
        }
        for row, one, share in zip(rows, scores, shares, strict=True)
    ]
    if json:
        print_json(told)
        return 0
    print_text(f"{'VIDEO':<24} {'SCORE':>5}  {'LIKELY':>7}  {'SURE':>5}  {'COMPLETED':>9}")
    for row in sorted(told, key=itemgetter("score"), reverse=True):
        print_text(
            f"{row['video_id']:<24.24} {row['score']:>5.0f}  "
            f"{row['score_lo']:>3.0f}-{row['score_hi']:<3.0f}  {row['confidence']:>5.0%}  "
            f"{row['completion']:>9.0%}"
        )
    return 0


@video.command()
@click.argument("file", type=_FILE)
@json_option
def retention(file: Path, json: bool) -> int:
    """Estimate from heatmaps how many viewers reach the end, and how many leave early.

    FILE is a JSON array of objects: video_id, length_s, average_watch_s, and heatmap, an object
    from the number of a segment to its heat. Estimated, and less sure below 50 views.
    """
    from sentinel_tui.domain.video.retention import retention as calibrated

    told: list[dict[str, Any]] = []
    for one in read_heatmaps(file):
        found = calibrated(one.heat, one.length_s, one.average_watch_s)
        told.append(
            {
                "video_id": one.video_id,
                "completion": found.completion,
                "bounce_30s": found.bounce_30s,
            }
        )
    if json:
        print_json(told)
        return 0
    print_text(f"{'VIDEO':<24} {'REACH THE END':>13}  {'LEAVE BEFORE 30 S':>17}   (estimated)")
    for row in told:
        left = "too short" if row["bounce_30s"] is None else f"{row['bounce_30s']:.0%}"
        print_text(f"{row['video_id']!s:<24.24} {row['completion']:>13.0%}  {left:>17}")
    return 0
