"""The door of a platform whose services sleep: who is held, turned away, or shown a page."""

from __future__ import annotations

import asyncio

import pytest

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.observations import WakeHint
from sentinel_tui.probes.hints import platform_word
from sentinel_tui.sandbox.http.messages import Request, Response, json_response
from sentinel_tui.sandbox.render.workspace import Workspace
from sentinel_tui.sandbox.services.render_edge import RenderEdge, SleepHabits
from sentinel_tui.sandbox.troubles import How, Spell

HABITS = SleepHabits(one_start_fails_in=0)
LONGEST_START_S = HABITS.wakes_in_s[1]
PROGRAM = Request("GET", "/health", headers={"accept": "application/json"})
BROWSER = Request("GET", "/", headers={"accept": "text/html,*/*"})
ROBOTS = Request("GET", "/robots.txt")


class Visits:
    """An edge, what asks it, and the service behind it."""

    def __init__(self, clock: FakeClock, habits: SleepHabits, seed: str = "seed") -> None:
        self.clock = clock
        self.served = 0
        self.workspace = Workspace(clock, idle_s=habits.after_s)
        self.service = self.workspace.add("curator", "http://127.0.0.1")
        self.eviction: Spell | None = None
        self.edge = RenderEdge(
            self._serve,
            self.service,
            self.workspace,
            habits,
            clock,
            seed=seed,
            eviction_at=lambda now_s: self.eviction,
        )

    async def _serve(self, request: Request) -> Response:
        self.served += 1
        return json_response(status="ok")

    def begin(self, request: Request = PROGRAM) -> asyncio.Task[Response | None]:
        return asyncio.create_task(self.edge.answer(request))

    async def ask(self, request: Request = PROGRAM) -> Response:
        """The answer, after however long the door holds the request."""
        asking = self.begin(request)
        while not asking.done():
            await self.clock.advance(0.1)
        answer = asking.result()
        assert answer is not None
        return answer


@pytest.fixture
def visits(clock: FakeClock) -> Visits:
    return Visits(clock, HABITS)


def routing(answer: Response) -> str:
    return dict(answer.headers).get("x-render-routing", "")


async def test_the_first_request_is_held_until_the_service_is_awake(
    visits: Visits, clock: FakeClock
) -> None:
    asking = visits.begin()
    await clock.advance(HABITS.wakes_in_s[0] - 0.1)
    assert not asking.done()
    assert not visits.edge.awake
    await clock.advance(LONGEST_START_S)
    answer = asking.result()
    assert answer is not None
    assert (answer.status, visits.served, visits.edge.awake) == (200, 1, True)


async def test_who_repeats_too_quickly_is_turned_away(visits: Visits, clock: FakeClock) -> None:
    visits.begin()
    await clock.advance(1)
    answer = await visits.ask()
    assert (answer.status, routing(answer)) == (429, "hibernate-rate-limited")


async def test_who_gave_up_and_asks_again_is_turned_away_too(
    visits: Visits, clock: FakeClock
) -> None:
    first = visits.begin()
    await clock.advance(2)
    first.cancel()
    assert (await visits.ask()).status == 429
    await clock.advance(LONGEST_START_S)
    assert (await visits.ask()).status == 200


async def test_a_browser_sees_a_page_that_starts_the_service(
    visits: Visits, clock: FakeClock
) -> None:
    answer = await visits.ask(BROWSER)
    assert (answer.status, visits.served) == (200, 0)
    assert b"waking up" in answer.body
    await clock.advance(LONGEST_START_S)
    await visits.ask(BROWSER)
    assert visits.served == 1


async def test_a_browser_that_reloads_is_not_turned_away(visits: Visits) -> None:
    for _ in range(5):
        assert (await visits.ask(BROWSER)).status == 200


async def test_a_program_that_comes_after_a_browser_is_held(visits: Visits) -> None:
    await visits.ask(BROWSER)
    assert (await visits.ask()).status == 200


async def test_crawlers_are_answered_and_wake_nobody(visits: Visits, clock: FakeClock) -> None:
    assert b"Disallow" in (await visits.ask(ROBOTS)).body
    await clock.advance(LONGEST_START_S)
    assert not visits.edge.awake
    assert visits.served == 0


async def test_an_awake_service_answers_crawlers_itself(visits: Visits) -> None:
    await visits.ask()
    await visits.ask(ROBOTS)
    assert visits.served == 2


async def test_traffic_keeps_it_awake_and_silence_lets_it_sleep(
    visits: Visits, clock: FakeClock
) -> None:
    await visits.ask()
    for _ in range(5):
        await clock.advance(HABITS.after_s - 1)
        assert (await visits.ask()).status == 200
    assert visits.served == 6
    await clock.advance(HABITS.after_s)
    assert not visits.edge.awake


async def test_it_can_be_put_to_sleep_in_the_middle_of_traffic(visits: Visits) -> None:
    await visits.ask()
    visits.edge.fall_asleep()
    assert not visits.edge.awake
    started_s = visits.clock.elapsed_s()
    assert (await visits.ask()).status == 200
    assert visits.clock.elapsed_s() - started_s >= HABITS.wakes_in_s[0]


async def test_a_request_that_is_held_when_it_falls_asleep_again_is_held_on(
    visits: Visits, clock: FakeClock
) -> None:
    asking = visits.begin()
    await clock.advance(1)
    visits.edge.fall_asleep()
    await clock.advance(2 * LONGEST_START_S)
    answer = asking.result()
    assert answer is not None
    assert answer.status == 200


async def test_a_failed_start_is_told_and_the_next_one_is_tried(clock: FakeClock) -> None:
    visits = Visits(clock, SleepHabits(one_start_fails_in=1))
    assert (await visits.ask()).status == 200, "the first start never fails"
    visits.edge.fall_asleep()
    answer = await visits.ask()
    assert (answer.status, routing(answer)) == (503, "hibernate-wake-error")
    assert not visits.edge.awake


async def test_some_starts_fail_and_most_do_not(clock: FakeClock) -> None:
    visits = Visits(clock, SleepHabits(one_start_fails_in=4))
    statuses = []
    for _ in range(40):
        statuses.append((await visits.ask()).status)
        visits.edge.fall_asleep()
    assert 0 < statuses.count(503) < statuses.count(200)


async def test_starts_take_as_long_as_the_habits_say_and_the_seed_decides() -> None:
    async def starts(seed: str) -> list[float]:
        clock = FakeClock()
        visits, lengths = Visits(clock, HABITS, seed), []
        for _ in range(10):
            began_s = clock.elapsed_s()
            await visits.ask()
            lengths.append(round(clock.elapsed_s() - began_s, 1))
            visits.edge.fall_asleep()
        return lengths

    one, same, other = await starts("one"), await starts("one"), await starts("other")
    assert one == same
    assert one != other
    low, high = HABITS.wakes_in_s
    assert all(low <= length <= high + 0.1 for length in [*one, *other])


async def test_a_probe_reads_every_answer_of_the_door_as_waking(
    visits: Visits, clock: FakeClock
) -> None:
    def hint(answer: Response) -> WakeHint | None:
        headers = {"content-type": answer.content_type, **dict(answer.headers)}
        return platform_word(answer.status, headers, answer.body).hint

    assert hint(await visits.ask(BROWSER)) is WakeHint.LOADING_PAGE
    visits.begin()
    await clock.settle()
    assert hint(await visits.ask()) is WakeHint.HIBERNATING
    await clock.advance(LONGEST_START_S)
    assert hint(await visits.ask()) is None
    failing = Visits(clock, SleepHabits(one_start_fails_in=1))
    await failing.ask()
    failing.edge.fall_asleep()
    assert hint(await failing.ask()) is WakeHint.HIBERNATING


async def test_its_platform_may_stop_it_though_somebody_came_a_moment_ago(
    visits: Visits, clock: FakeClock
) -> None:
    await visits.ask()
    now_s = clock.elapsed_s()
    visits.eviction = Spell(now_s, now_s + 30, How.SLEEP)
    begun = visits.begin()
    await clock.advance(1)
    assert not begun.done()
    await clock.advance(LONGEST_START_S)
    assert begun.done()
    assert (await visits.ask()).status == 200


async def test_a_service_that_is_paid_for_is_neither_stopped_nor_asleep(
    visits: Visits, clock: FakeClock
) -> None:
    visits.service.plan = "starter"
    now_s = clock.elapsed_s()
    visits.eviction = Spell(now_s, now_s + 30, How.SLEEP)
    begun = visits.begin()
    await clock.settle()
    assert begun.done()
