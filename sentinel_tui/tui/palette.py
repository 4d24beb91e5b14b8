"""The command palette: finding a command, a tab or a service by a few letters.

Everything is in memory and answers at once: a search that waits would let Enter run what was
highlighted for an older text. A command with arguments is never run from here; its usage goes into
the console, where it is completed and read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from sentinel_tui.text import fold
from sentinel_tui.tui.widgets.tab_bar import Tab

if TYPE_CHECKING:
    from sentinel_tui.commands.spec import CommandSpec


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the palette offers.

    Attributes:
        title: How it is called, our own words or a service's name.
        help: What it does.
        words: More words that find it.
        run: Does it.
    """

    title: str
    help: str
    words: str
    run: Callable[[], object]


class Palette(Provider):
    """Offers the entries of the app."""

    async def discover(self) -> Hits:
        """Everything, in the order of the app."""
        for entry in self._entries():
            yield DiscoveryHit(Content(entry.title), entry.run, entry.title, _help(entry))

    async def search(self, query: str) -> Hits:
        """What contains every word of the query, accents and case aside."""
        words = fold(query).split()
        for entry in self._entries():
            score = score_of(words, entry)
            if score:
                yield Hit(score, Content(entry.title), entry.run, entry.title, _help(entry))

    def _entries(self) -> Iterable[Entry]:
        offered: Callable[[], Iterable[Entry]] = getattr(self.app, "palette_entries", tuple)
        return offered()


class Offering(Protocol):
    """What the palette does with what is chosen; the app."""

    async def action_tab(self, tab_id: str) -> None:
        """Show a tab."""

    def action_help(self) -> None:
        """Show the help page."""

    async def action_console(self, text: str = "") -> None:
        """Put a text into the console."""

    async def run_command(self, command: str) -> None:
        """Run a command in the console."""

    def open_service(self, service: str) -> None:
        """Show a service's page."""


def entries(app: Offering, tabs: Sequence[Tab], services: Sequence[str]) -> Iterator[Entry]:
    """Everything on offer: where to go first, then what only reads, then what acts."""
    for tab in tabs:
        yield Entry(
            f"Go to: {tab.title}", f"Tab {tab.number}", "tab", partial(app.action_tab, tab.id)
        )
    for service in services:
        yield Entry(
            f"Open: {service}", "Everything about it", "service", partial(app.open_service, service)
        )
    yield Entry("Help", "Keys, states and commands", "aide keys", app.action_help)
    for spec in sorted(_catalog(), key=lambda spec: (spec.acts, spec.danger)):
        alone = not spec.acts and not any(one.required for one in spec.arguments)
        act = partial(app.run_command, spec.name)
        put = partial(app.action_console, f"{spec.name} ")
        yield Entry(f"Run: {spec.usage}", spec.summary, " ".join(spec.words), act if alone else put)


def _catalog() -> Sequence[CommandSpec]:
    # Imported here: the commands are not needed before somebody looks for one.
    from sentinel_tui.commands.catalog import CATALOG

    return CATALOG


def score_of(words: Sequence[str], entry: Entry) -> float:
    """How well an entry fits: best where its title begins with the words; 0 for not at all."""
    title = fold(entry.title)
    haystack = f"{title} {fold(entry.words)} {fold(entry.help)}"
    if not all(word in haystack for word in words):
        return 0.0
    if title.startswith(" ".join(words)):
        return 1.0
    return 0.8 if all(word in title for word in words) else 0.5


def _help(entry: Entry) -> str:
    # Textual reads this as markup; brackets of usage lines would vanish as tags.
    return entry.help.replace("[", "(").replace("]", ")").replace("\\", "/")
