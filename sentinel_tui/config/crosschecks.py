"""Mistakes that only show when one part of the file is held against another.

These look at the tables as they were read, before the model: a file that has other mistakes too
is to be told of all of them at once. What has the wrong shape is passed over; the model says so.
"""

from __future__ import annotations

import graphlib
from collections.abc import Iterator, Mapping
from typing import Any

from sentinel_tui.config.ingest import is_local
from sentinel_tui.config.positions import Path, nearest_line
from sentinel_tui.config.problems import Wording, suggestion
from sentinel_tui.config.syntax import PLACEHOLDER
from sentinel_tui.text import clean_text

Finding = tuple[Path, Wording]


def find_contradictions(data: Mapping[str, Any], lines: Mapping[Path, int]) -> Iterator[Finding]:
    """Every contradiction between the tables of a configuration.

    Args:
        data: The tables of the file.
        lines: On which line each of them stands, to name the other side of a contradiction.
    """
    services = _tables(("services",), data.get("services"))
    for path, service in services:
        yield from _nothing_to_look_at(path, service)
        yield from _names_twice(path, service, lines)
    yield from _taken_twice(services, "id", "an id of its own for each service", lines)
    at_render = "one service for each of Render's; give that one all the checks"
    yield from _taken_twice(services, "render_service_id", at_render, lines)
    yield from _unknown_services(services, services, "depends_on")
    yield from _cycles(services)
    channels = _tables(("channels",), data.get("channels"))
    yield from _taken_twice(channels, "name", "a name of its own for each channel", lines)
    yield from _unknown_channels(data, channels)
    windows = _tables(("maintenance",), data.get("maintenance"))
    yield from _taken_twice(windows, "name", "a name of its own for each window", lines)
    modes = _tables(("modes",), data.get("modes"))
    yield from _taken_twice(modes, "name", "a name of its own for each of them", lines)
    yield from _unknown_services(modes, services, "services")
    libraries = _tables_of(data, "videos", "libraries")
    yield from _taken_twice(libraries, "name", "a name of its own for each library", lines)
    at_bunny = "one library for each of Bunny's"
    yield from _taken_twice(libraries, "bunny_id", at_bunny, lines)
    yield from _sources(data, lines)
    autonomy = data.get("autonomy")
    if isinstance(autonomy, dict):
        rules = _tables(("autonomy", "rules"), autonomy.get("rules"))
        yield from _unknown_services(rules, services, "services")
        yield from _not_accepted(rules, autonomy)
        yield from _beyond_the_whole(rules, autonomy)


Tables = list[tuple[Path, dict[str, Any]]]


def _tables(path: Path, value: object) -> Tables:
    elements = value if isinstance(value, list) else []
    return [((*path, n), table) for n, table in enumerate(elements) if isinstance(table, dict)]


def _tables_of(data: Mapping[str, Any], table: str, key: str) -> Tables:
    outer = data.get(table)
    return _tables((table, key), outer.get(key)) if isinstance(outer, dict) else []


def _nothing_to_look_at(path: Path, service: dict[str, Any]) -> Iterator[Finding]:
    if "url" not in service and not service.get("checks"):
        yield path, Wording("watches nothing", "a url or at least one check")


def _names_twice(
    path: Path, service: dict[str, Any], lines: Mapping[Path, int]
) -> Iterator[Finding]:
    seen = {"http": (*path, "url")} if "url" in service else {}
    for check_path, check in _tables((*path, "checks"), service.get("checks")):
        key, name = _called(check)
        if name and name in seen:
            line = nearest_line(lines, seen[name])
            message = f'makes a second check called "{name}"; the first is on line {line}'
            yield (*check_path, key), Wording(message, "", "give one of them another name")
        seen.setdefault(name, check_path)


def _called(check: dict[str, Any]) -> tuple[str, str]:
    """What a check is called once its name is cleaned, and which key says so."""
    for key in ("name", "kind"):
        name = check.get(key)
        if isinstance(name, str) and clean_text(name):
            return key, clean_text(name)
    return "kind", ""


def _taken_twice(
    tables: Tables, key: str, expected: str, lines: Mapping[Path, int]
) -> Iterator[Finding]:
    seen: dict[str | int, Path] = {}
    for path, table in tables:
        name = table.get(key)
        # An empty one is an option left out; where it may not be, that is said elsewhere.
        if not isinstance(name, str | int) or name in ("", PLACEHOLDER):
            continue
        if name in seen:
            line = nearest_line(lines, seen[name])
            yield (*path, key), Wording(f'"{name}" is already taken on line {line}', expected)
        seen.setdefault(name, (*path, key))


def _sources(data: Mapping[str, Any], lines: Mapping[Path, int]) -> Iterator[Finding]:
    """Sources that could not be told from each other, or from anybody."""
    sources = _tables_of(data, "ingest", "sources")
    yield from _taken_twice(sources, "name", "a name of its own for each source", lines)
    listen = sources and data["ingest"].get("listen")
    anybody_calls = isinstance(listen, str) and listen != PLACEHOLDER and not is_local(listen)
    unproven = [path for path, one in sources if not one.get("token") and not one.get("hmac_keys")]
    for number, path in enumerate(unproven):
        if anybody_calls:
            message = "lets in anybody: Sentinel is to listen beyond this machine"
            yield path, Wording(message, "a token or hmac_keys for each source")
        elif number:
            line = nearest_line(lines, unproven[0])
            message = f"cannot be told from the one on line {line}: neither has a token"
            yield path, Wording(message, "a token or hmac_keys for all sources but one")


def _unknown_channels(data: Mapping[str, Any], channels: Tables) -> Iterator[Finding]:
    known = [name for _, table in channels if isinstance(name := table.get("name"), str)]
    if PLACEHOLDER in known:
        return  # the name that is wanted may be the one that could not be read
    notifications = data.get("notifications")
    steps = notifications.get("escalation") if isinstance(notifications, dict) else None
    for path, step in _tables(("notifications", "escalation"), steps):
        for place, name in _names((*path, "channels"), step.get("channels")):
            if name not in known:
                expected = f"one of {', '.join(known)}" if known else "the name of a [[channels]]"
                message = f'names "{name}", which is no channel'
                yield place, Wording(message, expected, suggestion(name, known))


def _unknown_services(tables: Tables, services: Tables, key: str) -> Iterator[Finding]:
    known = list(_by_id(services))
    if PLACEHOLDER in known:
        return  # the id that is wanted may be the one that could not be read
    for path, table in tables:
        for place, name in _names((*path, key), table.get(key)):
            if name not in known:
                expected = f"one of {', '.join(known)}" if known else "the id of a [[services]]"
                message = f'names "{name}", which is no service'
                yield place, Wording(message, expected, suggestion(name, known))


def _not_accepted(rules: Tables, autonomy: Mapping[str, Any]) -> Iterator[Finding]:
    """Rollbacks that nobody is asked about, where the owner did not say that he wants that."""
    if autonomy.get("i_accept_automatic_rollback", False) is not False:
        return
    for path, rule in rules:
        if rule.get("verb") == "rollback" and rule.get("level") == "auto":
            yield (
                (*path, "level"),
                Wording(
                    "would roll back without asking you",
                    '"confirm", "suggest" or "observe"',
                    "or set i_accept_automatic_rollback = true under [autonomy]",
                ),
            )


def _beyond_the_whole(rules: Tables, autonomy: Mapping[str, Any]) -> Iterator[Finding]:
    whole = autonomy.get("euros_per_month", 0)
    for path, rule in rules:
        part = rule.get("euros_per_month", 0)
        if _is_number(whole) and _is_number(part) and part > whole:
            yield (
                (*path, "euros_per_month"),
                Wording(
                    "is more than all actions together may cost",
                    f"at most {whole:g}",
                    "or raise euros_per_month under [autonomy]",
                ),
            )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cycles(services: Tables) -> Iterator[Finding]:
    """One finding for each circle; it lies at the dependency that closes the circle."""
    by_id = _by_id(services)
    graph = {
        name: {wanted for _, wanted in _dependencies(path, service) if wanted in by_id}
        for name, (path, service) in by_id.items()
    }
    while circle := _one_cycle(graph):
        first, second = circle[:2]
        graph[first].discard(second)
        place = next(p for p, wanted in _dependencies(*by_id[first]) if wanted == second)
        message = f"closes a circle: {' needs '.join(circle)}"
        yield place, Wording(message, "", "remove one of these dependencies")


def _one_cycle(graph: dict[str, set[str]]) -> list[str]:
    """The services of a circle, each needing the next, the first again at the end; or nothing."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        needed_first: list[str] = error.args[1]
        return needed_first[::-1]
    return []


def _by_id(services: Tables) -> dict[str, tuple[Path, dict[str, Any]]]:
    named: dict[str, tuple[Path, dict[str, Any]]] = {}
    for path, service in services:
        if isinstance(service.get("id"), str):
            named.setdefault(service["id"], (path, service))
    return named


def _dependencies(path: Path, service: dict[str, Any]) -> list[tuple[Path, str]]:
    return _names((*path, "depends_on"), service.get("depends_on"))


def _names(path: Path, written: object) -> list[tuple[Path, str]]:
    names = written if isinstance(written, list) else []
    return [((*path, n), name) for n, name in enumerate(names) if isinstance(name, str)]
