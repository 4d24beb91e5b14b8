/* Sentinel: tells your own server what is watched in Bunny's player. No cookies, no address, no name.

   <script src="https://assets.mediadelivery.net/playerjs/playerjs-latest.min.js"></script>
   <script src="https://watch.example.org/v1/player.js" defer
           data-token="THE TOKEN OF A SOURCE WITH SCOPE views AND THIS PAGE AMONG ITS origins"
           data-viewer="what names this viewer to you, or nothing"></script>

   The token stands in the page, so give that source no other scope. data-viewer is hashed before it
   is kept; without it views count, and nobody is known to come again. data-library says which
   library it is, where its number at Bunny is not configured; data-endpoint where to tell, where
   that is not beside this script. */
(function () {
  "use strict";
  var EVERY_MS = 10000, MOST = 100, MOST_KEPT = 500;
  var tag = document.currentScript, given = tag.dataset;
  var endpoint = given.endpoint || new URL("views", tag.src).href;
  var viewer = given.viewer || "anonymous:" + random();
  var waiting = [];

  function random() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (byte) { return (byte + 256).toString(16).slice(1); }).join("");
  }

  function send() {
    if (!waiting.length) return;
    var batch = waiting.splice(0, MOST);
    fetch(endpoint, {
      method: "POST",
      keepalive: true,
      credentials: "omit",
      headers: { "Content-Type": "application/json", Authorization: "Bearer " + given.token },
      body: JSON.stringify({ events: batch })
    }).then(function (answer) {
      if (answer.status === 429 || answer.status >= 500) throw answer.status;
    }).catch(function () {
      // Each event has an id of its own, so telling it again does no harm.
      waiting = batch.concat(waiting).slice(-MOST_KEPT);
    });
  }

  function follow(frame) {
    var place = /\/embed\/([^/]+)\/([^/?#]+)/.exec(frame.src);
    if (!place || !window.playerjs) return;
    var at = 0, toldAt = 0, player = new window.playerjs.Player(frame);

    function tell(event, position) {
      toldAt = Date.now();
      waiting.push({
        id: random(),
        viewer_token: viewer,
        video_id: place[2],
        library: given.library || place[1],
        event: event,
        t: toldAt,
        position: Math.max(0, Math.round(position * 10) / 10)
      });
      if (waiting.length >= MOST) send();
    }

    player.on("ready", function () {
      player.on("play", function () { tell("play", at); });
      player.on("pause", function () { tell("pause", at); send(); });
      player.on("ended", function () { tell("ended", at); send(); });
      player.on("timeupdate", function (now) {
        var before = at;
        at = now.seconds;
        if (at < before - 1 || at > before + 5) {
          tell("progress", before);
          tell("seek", at);
        } else if (Date.now() - toldAt >= EVERY_MS) {
          tell("progress", at);
        }
      });
    });
    window.addEventListener("pagehide", function () {
      if (at) tell("pause", at);
    });
  }

  function begin() {
    document.querySelectorAll("iframe[src*='/embed/']").forEach(follow);
    setInterval(send, EVERY_MS);
    window.addEventListener("pagehide", send);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
