"""What a reader tells of videos and of who watched them: the third part of `queries.Reader`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sentinel_tui.store import video_reading, viewing_reading
from sentinel_tui.store.keeping_queries import KeepingQueries

if TYPE_CHECKING:
    # What studies find is only loaded by whoever asks for it: most starts do not.
    from sentinel_tui.domain.behaviour.actions import OwnerAction
    from sentinel_tui.domain.video.cards import Card
    from sentinel_tui.domain.video.catalog import DayCount, Heat, HourCount, Library, Video
    from sentinel_tui.domain.video.events import View
    from sentinel_tui.domain.video.study import Known
    from sentinel_tui.store.study_rows import CardRow, StudyHead


class VideoQueries(KeepingQueries):
    """Reads libraries, videos, counts, views, figures and studies."""

    def libraries(self) -> list[Library]:
        """All configured libraries and how far they have been read, in their order."""
        with self._snapshot() as connection:
            return video_reading.libraries(connection)

    def videos(self, library: str = "", *, gone: bool = False) -> list[Video]:
        """The videos of the configured libraries, the newest first.

        Args:
            library: Only those of this library.
            gone: Also those that their platform no longer tells of.
        """
        with self._snapshot() as connection:
            return video_reading.videos(connection, library, gone=gone)

    def video(self, video_id: str) -> Video | None:
        """One video, also one that is gone, or None when there is no such id."""
        with self._snapshot() as connection:
            return video_reading.video(connection, video_id)

    def find_videos(self, words: str, limit: int = 50) -> list[Video]:
        """Videos with all these words in title, tags, collection or id, the most viewed first.

        Case and accents do not matter.
        """
        with self._snapshot() as connection:
            return video_reading.find_videos(connection, words, limit)

    def days(
        self, video_ids: Sequence[str], start_ms: int, end_ms: int
    ) -> dict[str, tuple[DayCount, ...]]:
        """What was watched of videos on the days that begin in a window, by video.

        Days without a view are left out; whether they are known to be without one tells
        `days_known`.
        """
        with self._snapshot() as connection:
            return video_reading.days(connection, video_ids, start_ms, end_ms)

    def days_known(self, video_id: str) -> tuple[int, int] | None:
        """From when to when the daily counts of a video are known; None where they are not."""
        with self._snapshot() as connection:
            return video_reading.days_known(connection, video_id)

    def hours(self, library: str, start_ms: int, end_ms: int) -> list[HourCount]:
        """What was watched of a library in the hours that begin in a window, the earliest first.

        Hours without a view are left out; until when they are known tells
        `Library.counted_to_ms`.

        Args:
            library: Which; empty for all configured ones together.
            start_ms: The window's start.
            end_ms: Its end, itself not part of it.
        """
        with self._snapshot() as connection:
            return video_reading.hours(connection, library, start_ms, end_ms)

    def heat(self, video_id: str) -> Heat | None:
        """The newest heatmap of a video, or None."""
        with self._snapshot() as connection:
            return video_reading.heat(connection, video_id)

    def uniques(self, video_id: str) -> dict[int, tuple[int, str]]:
        """About how many people watched a video, by the log of its delivery.

        Returns:
            By the start of each day (UTC): how many, and how the log's addresses were anonymised.
        """
        with self._snapshot() as connection:
            return video_reading.uniques(connection, video_id)

    def themes(self) -> dict[str, str]:
        """The themes that the owner gave, by video."""
        with self._snapshot() as connection:
            return video_reading.themes(connection)

    def viewings(
        self, start_ms: int, end_ms: int, *, library: str = "", video: str = ""
    ) -> list[View]:
        """Views by players' reports that began in a window, the earliest first.

        A view shows once its player has been silent for `events.VIEW_GAP_MS`.
        """
        with self._snapshot() as connection:
            return viewing_reading.viewings(connection, start_ms, end_ms, library, video)

    def view_events_received(self) -> int:
        """How many reports of players were stored so far; repeated ones count once."""
        with self._snapshot() as connection:
            return viewing_reading.view_events_received(connection)

    def owner_actions(self, start_ms: int, end_ms: int, limit: int = 200) -> list[OwnerAction]:
        """What the owner did in a window, the newest first."""
        with self._snapshot() as connection:
            return viewing_reading.owner_actions(connection, start_ms, end_ms, limit)

    def cards(self, library: str = "", *, at_ms: int | None = None) -> list[Card]:
        """The figures of videos with their sources, the newest video first.

        A video that was not studied yet has none. For a table `card_rows` is ten times faster.

        Args:
            library: Only those of this library.
            at_ms: As they were known at this instant, as far as they are kept: of each of the last
                35 days, and of one day a week before.
        """
        from sentinel_tui.store import study_reading

        with self._snapshot() as connection:
            return study_reading.cards(connection, library, at_ms)

    def card(self, video_id: str) -> Card | None:
        """The figures of one video, or None when it was not studied yet."""
        from sentinel_tui.store import study_reading

        with self._snapshot() as connection:
            return study_reading.card(connection, video_id)

    def card_rows(self, library: str = "") -> list[CardRow]:
        """All videos with the figures that a table shows, the newest first; or of one library."""
        from sentinel_tui.store import study_reading

        with self._snapshot() as connection:
            return study_reading.card_rows(connection, library)

    def study(self) -> StudyHead | None:
        """What the newest study says of all videos together, or None.

        Suggested themes that the owner has said yes or no to since are left out.
        """
        from sentinel_tui.store import study_reading

        with self._snapshot() as connection:
            return study_reading.study(connection)

    def known(self, start_ms: int) -> list[Known]:
        """Everything that a study needs, of all videos, from an instant on."""
        from sentinel_tui.store import study_reading

        with self._snapshot() as connection:
            return study_reading.known(connection, start_ms)
