"""Commands that change something: through the engine, and only through it."""


def test_a_probe_looks_now_and_tells_what_it_saw(watched):
    looks = {look["service"]: look for look in watched.run("probe", "--json").data["looks"]}
    assert looks["curator"]["outcome"] == "ok"
    assert looks["public"]["outcome"] == "fail"
    assert "nightly" not in looks


def test_a_wake_waits_until_the_service_answers(watched):
    done = watched.run("wake", "curator")
    assert done.code == 0
    assert "curator is awake" in done.out


def test_a_service_that_never_sleeps_cannot_be_woken(watched):
    done = watched.run("wake", "public")
    assert done.code == 5
    assert "sleeps" in done.err


def test_pause_and_resume_are_seen_by_whoever_reads_next(watched):
    assert watched.run("run", "mets en pause curator 2h").code == 0
    (paused,) = watched.run("status", "curator", "--json").data["services"]
    assert paused["state"] == "PAUSED"
    assert watched.run("status", "curator").code == 0
    assert watched.run("resume", "curator").code == 0
    watched.run("probe", "curator")
    (again,) = watched.run("status", "curator", "--json").data["services"]
    assert again["state"] == "UP"


def test_an_alert_is_acknowledged_once_and_stays_open(watched):
    (alert,) = watched.run("alerts", "--json").data["alerts"]
    assert watched.run("ack", str(alert["id"])).code == 0
    (after,) = watched.run("alerts", "--json").data["alerts"]
    assert after["acknowledged_ms"] is not None
    assert after["resolved_ms"] is None


def test_an_unknown_alert_is_refused(watched):
    done = watched.run("ack", "12345", "--json")
    assert "12345" in done.data["error"]


def test_a_beat_is_heard(watched):
    assert watched.run("beat", "nightly").code == 0
    (service,) = watched.run("status", "nightly", "--json").data["services"]
    assert service["state"] == "UP"
    assert watched.run("beat", "nightly", "--fail", "--message", "disk full").code == 0
    assert "disk full" in watched.run("why", "nightly").out


def test_a_beat_for_a_service_without_a_heartbeat_says_how_to_add_one(watched):
    done = watched.run("beat", "curator")
    assert done.code == 5
    assert "heartbeat" in done.err


def test_a_restart_asks_first_and_then_says_what_is_missing(watched):
    unasked = watched.run("restart", "curator")
    assert unasked.code == 64
    assert "--yes" in unasked.err
    asked = watched.run("run", "redémarre curator", "--yes")
    assert asked.code == 5
    assert "[render] key" in asked.err
    assert "wake curator" in asked.err


def test_what_was_asked_for_stands_in_the_history(watched):
    events = watched.run("history", "--json").data["events"]
    assert any("probe" in event["text"] and event["kind"] == "intent" for event in events)


def test_acting_without_an_engine_starts_one(shell, web):
    shell.run("init", web)
    (service,) = shell.run("probe", "--json").data["looks"]
    assert service["outcome"] == "ok"
    assert shell.run("status").code == 0


def test_acting_without_a_configuration_says_how_to_write_one(shell):
    done = shell.run("probe")
    assert done.code == 3
    assert "sentinel init" in done.err


def test_an_incident_is_noted_and_acknowledged_as_a_whole(watched):
    (incident,) = watched.run("incidents", "public", "--json").data["incidents"]
    number = str(incident["id"])
    assert watched.run("note", number, "The", "disk", "is", "full:", "df", "-h").code == 0
    assert watched.run("ack", "incident", number).code == 0
    told = watched.run("incident", number, "--json").data
    assert [note["text"] for note in told["notes"]] == ["The disk is full: df -h"]
    assert told["acknowledged_ms"] is not None


def test_a_silence_is_laid_seen_and_ended(watched):
    laid = watched.run("silence", "public", "2h", "because", "Moving", "--json").data
    (seen,) = watched.run("silences", "--json").data["silences"]
    assert seen["id"] == laid["silence"]
    assert seen["reason"] == "Moving"
    assert [one["service"] for one in watched.run("alerts", "silenced", "--json").data["alerts"]]
    assert watched.run("unsilence", str(laid["silence"])).code == 0
    assert watched.run("silences", "--json").data["silences"] == []


def test_maintenance_is_shown_until_it_ends(watched):
    number = watched.run("maintenance", "curator", "1h", "--json").data["silence"]
    (during,) = watched.run("status", "curator", "--json").data["services"]
    assert during["state"] == "MAINT"
    assert watched.run("unsilence", str(number)).code == 0
    watched.run("probe", "curator")
    (after,) = watched.run("status", "curator", "--json").data["services"]
    assert after["state"] == "UP"


def test_a_channel_that_is_not_configured_cannot_be_tested(watched):
    done = watched.run("notify", "test", "phone")
    assert done.code == 5
    assert "phone" in done.err
