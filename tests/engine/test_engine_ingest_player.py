"""The script for pages: what it tells of a viewer's evening is what the viewer saw."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files
from typing import Any

import pytest

from sentinel_tui.config.videos import LibraryOptions
from sentinel_tui.domain.video.events import View, views_of
from sentinel_tui.engine.ingest.views import ViewReports

_NODE = shutil.which("node")
_START_MS = 1_800_000_000_000

_PAGE = """
const vm = require("vm");
const said = [], heard = {}, leaving = [], timers = [];
let now = %(start_ms)d, answer = () => Promise.resolve({ status: 202 });
class Player { on(name, hear) { heard[name] = hear; } }
const page = {
  URL, Uint8Array, Array, Math, JSON, Promise, crypto: require("crypto").webcrypto,
  Date: { now: () => now },
  setInterval: (work) => timers.push(work),
  fetch: (url, options) => { said.push({ url, ...options }); return answer(); },
  addEventListener: (name, hear) => leaving.push(hear),
  playerjs: { Player },
  document: {
    currentScript: {
      src: "https://watch.example.org/v1/player.js",
      dataset: { token: "page-token", viewer: "bob" },
    },
    readyState: "complete",
    querySelectorAll: () => [{ src: "https://player.mediadelivery.net/embed/133/abc?x=1" }],
  },
};
page.window = page;
vm.runInNewContext(%(script)s, page);
function watch(from, to) {
  for (let at = from; at <= to; at += 0.25, now += 250) heard.timeupdate({ seconds: at });
}
const settle = () => new Promise((done) => setImmediate(done));
(async () => {
  heard.ready();
  heard.play();
  watch(0, 25);
  watch(60, 65);
  answer = () => Promise.reject(new Error("offline"));
  timers.forEach((work) => work());
  await settle();
  answer = () => Promise.resolve({ status: 202 });
  leaving.forEach((hear) => hear());
  await settle();
  console.log(JSON.stringify(said));
})();
"""


@pytest.fixture(scope="module")
def said() -> list[dict[str, Any]]:
    """What the script posted: 25 seconds from the beginning, then five a minute in."""
    if _NODE is None:
        pytest.skip("there is no Node to run the script")
    script = files("sentinel_tui").joinpath("player/sentinel-player.js").read_text("utf-8")
    page = _PAGE % {"start_ms": _START_MS, "script": json.dumps(script)}
    done = subprocess.run([_NODE, "-e", page], capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout))


def views(posted: dict[str, Any]) -> list[View]:
    library = LibraryOptions(name="previews", role="public", bunny_id=133, key="env:KEY")
    reports = ViewReports(b"key", [library])
    events = json.loads(posted["body"])["events"]
    return views_of(reports.event(one, _START_MS + 3_600_000) for one in events)


def test_what_was_watched_is_what_is_told(said: list[dict[str, Any]]) -> None:
    (view,) = views(said[-1])
    assert (view.video, view.library, view.ended) == ("abc", "previews", False)
    assert view.watch_s == pytest.approx(30, abs=0.5)
    assert view.furthest_s == pytest.approx(65, abs=0.5)


def test_it_is_told_beside_the_script_and_again_where_it_did_not_arrive(
    said: list[dict[str, Any]],
) -> None:
    assert {one["url"] for one in said} == {"https://watch.example.org/v1/views"}
    assert all(one["headers"]["Authorization"] == "Bearer page-token" for one in said)
    assert all(one["keepalive"] and one["credentials"] == "omit" for one in said)
    lost, again = (json.loads(one["body"])["events"] for one in said)
    assert again[: len(lost)] == lost
    assert len({one["id"] for one in again}) == len(again)
