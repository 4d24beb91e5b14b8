"""Films, collections and statistics as Bunny's API writes them, its quirks included."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS
from sentinel_tui.sandbox.bunny.tally import Tally
from sentinel_tui.sandbox.films import Film, film_id

ENCODING_MS = 10 * 60_000
"""How long a film is being encoded after its upload; its length is not known before."""

_HEAT_FROM_VIEWS = 20
"""With fewer views there is no heatmap."""

_SCORE_FROM_VIEWS = 30
_FINISHED, _TRANSCODING = 4, 3
_BYTES_PER_S = 900_000
_HEAD_S = 45
Row = TypeVar("Row")

_COUNTRIES = {"FR": 0.52, "BE": 0.16, "CH": 0.11, "CA": 0.09, "GB": 0.07, "US": 0.05}


def video_view(tally: Tally, library_id: int, now_ms: int) -> dict[str, Any]:
    """A VideoModel."""
    film = tally.film
    encoded = now_ms >= film.published_ms + ENCODING_MS
    length_s = round(film.length_s) if encoded else 0
    return {
        "videoLibraryId": library_id,
        "guid": film.id,
        "title": film.title,
        "description": None,
        "dateUploaded": _uploaded(film.published_ms),
        "views": tally.views,
        "isPublic": False,
        "length": length_s,
        "status": _FINISHED if encoded else _TRANSCODING,
        "framerate": 25.0,
        "rotation": None,
        "width": 1920,
        "height": 1080,
        "availableResolutions": "360p,480p,720p,1080p" if encoded else None,
        "outputCodecs": "x264,vp9",
        "thumbnailCount": length_s // 5,
        "encodeProgress": 100 if encoded else 40,
        "storageSize": length_s * _BYTES_PER_S,
        "captions": [{"srclang": film.language, "label": film.language.upper(), "version": 1}],
        "hasMP4Fallback": False,
        "collectionId": collection_id(film) if film.series else "",
        "thumbnailFileName": "thumbnail.jpg",
        "thumbnailUrl": None,
        "thumbnailBlurhash": None,
        "averageWatchTime": round(tally.watch_s / tally.views) if tally.views else 0,
        "totalWatchTime": round(tally.watch_s),
        "category": "unknown",
        "chapters": _chapters(film) if encoded else None,
        "moments": [],
        "metaTags": _meta_tags(film),
        "transcodingMessages": [],
        "jitEncodingEnabled": False,
        "smartGenerateStatus": None,
        "hasOriginal": True,
        "originalHash": None,
    }


def page_view(
    rows: Sequence[Row], page: int, size: int, view: Callable[[Row], dict[str, Any]]
) -> dict[str, Any]:
    """One page of many rows, each as a view of it."""
    first = (page - 1) * size
    return {
        "totalItems": len(rows),
        "currentPage": page,
        "itemsPerPage": size,
        "items": [view(row) for row in rows[first : first + size]],
    }


def heatmap_view(tally: Tally) -> dict[str, Any]:
    """A VideoHeatmapModel: segments without heat are left out, and a stray one is there."""
    if tally.views < _HEAT_FROM_VIEWS:
        return {"heatmap": None}
    segments = {str(place): heat for place, heat in enumerate(tally.heat()) if heat}
    return {"heatmap": {"-1": 0, **segments}}


def statistics_view(
    tallies: Sequence[Tally], from_ms: int, until_ms: int, *, hourly: bool, of_video: bool
) -> dict[str, Any]:
    """A VideoStatisticsModel: its two charts write their instants in two forms.

    A video that nobody watched has no charts at all.
    """
    if of_video and not any(tally.views for tally in tallies):
        charts = ("viewsChart", "watchTimeChart", "countryViewCounts", "countryWatchTime")
        return dict.fromkeys(charts)
    step_ms = HOUR_MS if hourly else DAY_MS
    views = dict.fromkeys(range(from_ms - from_ms % step_ms, until_ms, step_ms), 0)
    watch_s = dict.fromkeys(views, 0.0)
    for tally in tallies:
        for hour_ms, begun, lasted_s in tally.between(from_ms - from_ms % step_ms, until_ms):
            views[hour_ms - hour_ms % step_ms] += begun
            watch_s[hour_ms - hour_ms % step_ms] += lasted_s
    told: dict[str, Any] = {
        "viewsChart": {_hour(at_ms): count for at_ms, count in views.items()},
        "watchTimeChart": {f"{_hour(at_ms)}Z": round(one) for at_ms, one in watch_s.items()},
        "countryViewCounts": _by_country(sum(views.values())),
        "countryWatchTime": _by_country(sum(watch_s.values())),
    }
    if of_video and tallies[0].views >= _SCORE_FROM_VIEWS:
        told["engagementScore"] = _score(tallies[0])
    return told


def collection_view(films: Sequence[Film], library_id: int) -> dict[str, Any]:
    """A CollectionModel of films of one series."""
    return {
        "videoLibraryId": library_id,
        "guid": collection_id(films[0]),
        "name": films[0].series,
        "videoCount": len(films),
        "totalSize": sum(round(one.length_s) * _BYTES_PER_S for one in films),
        "previewVideoIds": None,
        "previewImageUrls": [],
    }


def collection_id(film: Film) -> str:
    """The platform's id of the collection that a film lies in."""
    return film_id(film.library, f"collection {film.series}")


def _uploaded(at_ms: int) -> str:
    """An upload's instant, in UTC without saying so."""
    return datetime.fromtimestamp(at_ms / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]


def _hour(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _meta_tags(film: Film) -> list[dict[str, str]]:
    tags = [{"property": "tags", "value": ", ".join(film.tags)}] if film.tags else []
    if film.full and film.tells_full:
        tags.append({"property": "sentinel.full", "value": film.full})
    return tags


def _chapters(film: Film) -> list[dict[str, Any]]:
    if film.length_s < 4 * _HEAD_S:
        return []
    names = ("Ouverture", "Le geste") if film.language == "fr" else ("Opening", "The work")
    return [
        {"title": names[0], "start": 0, "end": _HEAD_S},
        {"title": names[1], "start": _HEAD_S, "end": round(film.length_s)},
    ]


def _by_country(total: float) -> dict[str, int]:
    return {country: round(total * share) for country, share in _COUNTRIES.items()}


def _score(tally: Tally) -> int:
    """The platform's own score; how it is reckoned is its secret."""
    return min(100, round(100 * tally.watch_s / tally.views / tally.film.length_s))
