"""A library of films on the platform: what lies in it, and what its owner does with it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sentinel_tui.sandbox.bunny.tally import Tally
from sentinel_tui.sandbox.films import Film, film_id
from sentinel_tui.sandbox.viewing import Audience


class BunnyLibrary:
    """Films and their counts, behind a key of their own.

    Attributes:
        name: What its owner calls it.
        id: The platform's number for it.
        key: Its read-only key, which also signs its webhooks.
        spoiled: Members that are told of a film in place of the right ones, by its id.
    """

    def __init__(self, name: str, library_id: int, audience: Audience) -> None:
        """A library that holds the audience's films of that name.

        Args:
            name: What its owner calls it.
            library_id: The platform's number for it.
            audience: Who watches.
        """
        self.name = name
        self.id = library_id
        self.key = f"sandbox-{name}-read-only"
        self.spoiled: dict[str, dict[str, Any]] = {}
        self._audience = audience
        films = [film for film in audience.films if film.library == name]
        self._tallies = {film.id: Tally(film, audience) for film in films}

    def upload(self, film: Film) -> None:
        """Put a film in it, for people to watch."""
        self._audience.add(film)
        self._tallies[film.id] = Tally(film, self._audience)

    def delete(self, film: str) -> None:
        """Take a film out of it, by its id.

        Raises:
            KeyError: It holds none of that id.
        """
        tally = self._tallies.pop(film)
        self._audience.remove(tally.film)

    def replace(self, film: str, length_s: float, now_ms: int) -> Film:
        """Put another cut in the place of a film: another id, and all counts from the beginning.

        Raises:
            KeyError: It holds none of that id.
        """
        old = self._tallies[film].film
        self.delete(film)
        cut = film_id(self.name, f"{old.title}/{now_ms}")
        # What is played twice was a part of the old cut.
        new = replace(old, id=cut, length_s=length_s, published_ms=now_ms, again=None)
        self.upload(new)
        return new

    def set_back(self, film: str, share: float) -> None:
        """Lose a share of a film's counts, as after a restored backup.

        Raises:
            KeyError: It holds none of that id.
        """
        self._tallies[film].set_back(share)

    def spoil(self, film: str, **members: Any) -> None:
        """Have the platform tell nonsense of a film, by its id."""
        self.spoiled[film] = members

    def holds(self, film: str, now_ms: int) -> bool:
        """Whether a film lies in it at an instant."""
        return film in self._tallies and self._tallies[film].film.published_ms <= now_ms

    async def tallies(self, now_ms: int, film: str = "") -> Sequence[Tally]:
        """What is counted by now of all its films, the newest first, or of one."""
        there = [one for one in self._tallies.values() if self.holds(one.film.id, now_ms)]
        wanted = [one for one in there if film in ("", one.film.id)]
        for tally in wanted:
            tally.count_up_to(now_ms)
            # Months of a film are some milliseconds' work; services have to answer in between.
            await asyncio.sleep(0)
        return sorted(wanted, key=lambda tally: -tally.film.published_ms)
