"""Reading a line: what runs, what is only suggested, and that nothing is ever guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.commands.arguments import fill
from sentinel_tui.commands.catalog import BY_NAME, CATALOG
from sentinel_tui.commands.parser import parse, parse_arguments
from sentinel_tui.commands.reading import Invocation, Suggestion
from sentinel_tui.commands.spec import ArgumentKind, Danger
from sentinel_tui.commands.words import LONGEST_LINE, STOP_WORDS, Word

SERVICES = ("curator", "monetizer", "public")
NEEDS_A_SERVICE = [
    spec for spec in CATALOG if any(one.kind is ArgumentKind.SERVICE for one in spec.arguments)
]
service_ids = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,39}", fullmatch=True)


def understood(text: str, services=SERVICES) -> str:
    read = parse(text, services)
    assert isinstance(read, Invocation), read
    return read.text


def suggested(text: str, services=SERVICES) -> tuple[str, ...]:
    read = parse(text, services)
    assert isinstance(read, Suggestion), read.text
    return read.usages


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("status", "status"),
        ("statut", "status"),
        ("Montre-moi le statut", "status"),
        ("montre moi les alertes", "alerts"),
        ("ALERTES", "alerts"),
        ("toutes les alertes", "alerts all"),
        ("alerts open", "alerts open"),
        ("latence de curator sur 7 jours", "metrics curator 7d"),
        ("metrics curator 24h", "metrics curator 24h"),
        ("curator latency last 30 minutes", "metrics curator 30m"),
        ("métriques de public depuis 7j", "metrics public 7d"),
        ("pourquoi public", "why public"),
        ("pourquoi public ne marche pas ?", "why public"),
        ("why is curator down?", "why curator"),
        ("réveille curator", "wake curator"),
        ("s’il te plaît, réveille « curator »", "wake curator"),
        ("acquitte 3", "ack 3"),
        ("acknowledge alert #3", "ack 3"),
        ("mets en pause monetizer 2h", "pause monetizer for 2h"),
        ("mets en pause monetizer pour 1h30", "pause monetizer for 90m"),
        ("reprends monetizer", "resume monetizer"),
        ("historique de public sur la dernière semaine", "history public 7d"),
        ("sonde", "probe"),
        ("aide", "help"),
        ("?", "help"),
        ("help metrics", "help metrics"),
        ("aide alertes", "help alerts"),
        ("help keys", "help keys"),
        ("redémarre curator", "restart curator"),
        ("alertes silenciées", "alerts silenced"),
        ("show the acknowledged alerts", "alerts acknowledged"),
        ("alerts past curator", "alerts past curator"),
        ("incidents", "incidents"),
        ("les incidents de curator sur 7 jours", "incidents curator 7d"),
        ("incident 12", "incident 12"),
        ("montre l'incident n°12", "incident 12"),
        ("acquitte l'incident 7", "ack incident 7"),
        ("ack incident number 7", "ack incident 7"),
        ("escalate incident 7 now", "escalate 7"),
        ("note 12 rolled back the Deploy", "note 12 rolled back the Deploy"),
        ("deployed curator v1.4.2 of main", "deployed curator v1.4.2 of main"),
        ("déployé curator", "deployed curator"),
        ("note incident 12: on a redémarré !", "note 12 on a redémarré !"),
        ("ajoute une note à l'incident 12 : ça marche", "note 12 ça marche"),
        ("silence curator 2h", "silence curator for 2h"),
        ("silence curator and public for 30 minutes", "silence curator,public for 30m"),
        ("silence tag:shop !service:public 2h", "silence tag:shop !service:public for 2h"),
        ("silence everything for 1h", "silence * for 1h"),
        ("silence curator until healthy", "silence curator until healthy"),
        ("silence curator until it is well", "silence curator until healthy"),
        ("mets public en maintenance 2h", "maintenance public for 2h"),
        ("maintenance public jusqu'au rétablissement", "maintenance public until healthy"),
        (
            "maintenance public 2h until healthy because new Disks!",
            "maintenance public for 2h until healthy because new Disks!",
        ),
        ("silence public 2h parce que ça suffit", "silence public for 2h because ça suffit"),
        ("unsilence 3", "unsilence 3"),
        ("silences", "silences"),
        ("silences all", "silences all"),
        ("canaux", "notify"),
        ("notify test Phone", "notify test Phone"),
        ("essaie le canal ntfy", "notify test ntfy"),
        ("objectifs", "slo"),
        ("slo public", "slo public"),
        ("plan", "plan"),
        ("le plan de curator", "plan curator"),
        ("plan what if budget=500", "plan budget=500"),
        ("plan et si budget 500,5h ?", "plan budget=500.5"),
        ("hours", "hours"),
        ("hours is 312.5", "hours is 312.5"),
        ("les heures utilisées sont 312,5", "hours is 312.5"),
        ("mode", "mode"),
        ("mode curator", "mode curator"),
        ("mode economy curator until 18:00", "mode economy curator until 18:00"),
        ("mode économie curator jusqu'à 18h30", "mode economy curator until 18:30"),
        ("mode vigilance tout pour 2h", "mode hyper-vigilant all for 2h"),
        ("mode hyper vigilant curator for 2h", "mode hyper-vigilant curator for 2h"),
        (
            "mode normal public until 2026-11-23 8h",
            "mode normal public until 2026-11-23 08:00",
        ),
        ("mode auto curator", "mode auto curator"),
        ("déploie curator", "deploy curator"),
        ("deploy commit 3f2a91c to curator", "deploy curator 3f2a91c"),
        ("rollback public to dep-abc123", "rollback public dep-abc123"),
        ("restart public --dry-run", "restart public dry-run"),
        ("suspends public", "suspend public"),
        ("réactive public", "unsuspend public"),
        ("scale public to 2 instances", "scale public 2"),
        ("set-plan public pro-plus", "set-plan public pro_plus"),
        ("autoscale public 1-3", "autoscale public 1-3"),
        ("autoscale public off", "autoscale public off"),
        ("auto-deploy off on public", "auto-deploy public off"),
        ("actions", "actions"),
        ("approuve l'action n°7", "approve 7"),
        ("reject 7", "reject 7"),
        ("annule 7", "undo 7"),
        ("audit 7d", "audit 7d"),
        ("audit action 7", "audit action 7"),
        ("tune", "tune"),
        ("tune undo 3", "tune undo 3"),
        ("freeze", "freeze"),
        ("gèle tout car La base déménage", "freeze because La base déménage"),
        ("dégèle", "unfreeze"),
        ("déploiements de public", "deploys public"),
        ("cold-starts curator 7d", "cold-starts curator 7d"),
    ],
)
def test_english_and_french_lines_are_understood(said, meant):
    assert understood(said) == meant


@pytest.mark.parametrize("quoted", ['"curator"', "'curator'", '"curator', "curator'", "“curator”"])
def test_quotes_need_not_be_closed(quoted):
    assert understood(f"metrics {quoted} 24h") == "metrics curator 24h"


def test_what_is_missing_is_said():
    for said in ("incident", "escalate", "ack", "note", "note 12", "unsilence", "silence 2h"):
        assert suggested(said)
    assert "silence curator for 2h|until healthy [because WHY]" not in suggested("silence curator")
    assert any("until healthy" in usage for usage in suggested("silence curator"))


def test_services_of_a_silence_stand_side_by_side():
    assert suggested("silence curator 2h public") == (BY_NAME["silence"].usage,)
    assert understood("silence curator public 2h") == "silence curator,public for 2h"


def test_either_of_two_arguments_is_enough():
    assert BY_NAME["ack"].usage == "ack ALERT|incident N"
    assert BY_NAME["silence"].usage == "silence MATCH for 2h|until healthy [because WHY]"


def test_a_note_keeps_its_words_as_they_were_typed():
    read = parse("note 12 “Hôte” DB-1 : see https://wiki/x?a=1, 2h !", SERVICES)
    assert isinstance(read, Invocation)
    assert read.arguments.text == "“Hôte” DB-1 : see https://wiki/x?a=1, 2h !"


def test_a_command_in_a_note_is_text():
    assert understood("note 3 restart curator") == "note 3 restart curator"


@pytest.mark.parametrize(
    "said", ["notify", "alerts", "incidents", "plan budget=500", "hours", "mode", "tune", "audit"]
)
def test_what_only_reads_does_not_act(said):
    read = parse(said, SERVICES)
    assert isinstance(read, Invocation)
    assert not read.acts


@pytest.mark.parametrize(
    "said",
    [
        *("notify test phone", "ack 3", "silence curator 2h", "hours is 0", "mode auto all"),
        *("tune undo 3", "restart curator dry-run", "freeze", "approve 3"),
    ],
)
def test_what_asks_the_engine_acts(said):
    read = parse(said, SERVICES)
    assert isinstance(read, Invocation)
    assert read.acts


def test_beginnings_are_enough_where_nothing_is_at_stake():
    assert understood("stat") == "status"
    assert understood("metr monet 24h") == "metrics monetizer 24h"
    assert understood("wake cur") == "wake curator"


def test_a_beginning_of_several_commands_is_only_suggested():
    assert {usage.split()[0] for usage in suggested("re curator res")} >= {"resume", "restart"}


def test_a_beginning_of_several_services_is_only_suggested():
    assert suggested("why pub", ("public", "publisher")) == ("why public", "why publisher")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("metircs curator 24h", "metrics curator 24h"),
        ("metrics curatr 7d", "metrics curator 7d"),
        ("pauze curator", "pause curator"),
        ("restrat curator", "restart curator"),
        ("rest curator", "restart curator"),
        ("redem curator", "restart curator"),
        ("restart cur", "restart curator"),
        ("pause monet 2h", "pause monetizer for 2h"),
        ("acq 3", "ack 3"),
        ("silence curatr 2h", "silence curator for 2h"),
        ("silense curator 2h", "silence curator for 2h"),
        ("maintenance pub 2h", "maintenance public for 2h"),
    ],
)
def test_typos_get_the_line_to_type_and_never_run(typed, line):
    assert line in suggested(typed)


@pytest.mark.parametrize(
    "said",
    [
        "do not restart curator",
        "don't pause curator",
        "never wake curator",
        "ne redémarre pas curator",
        "n'acquitte pas 3",
        "ne mets pas en pause monetizer",
        "stop restart curator",
        "do not silence curator 2h",
        "silence not curator 2h",
        "silence ! curator 2h",
        "do not escalate 7",
        "do not note 7 this",
        "n'acquitte pas l'incident 3",
        "do not notify test phone",
        "notify test not phone",
        "never unsilence 3",
        "do not deploy curator",
        "ne suspends pas curator",
        "do not scale curator 2",
        "do not approve 7",
        "n'approuve pas 7",
        "do not freeze because of rain",
        "never unfreeze",
        "hours is not 300",
        "do not mode economy curator",
        "set-plan curator not starter",
    ],
)
def test_a_negated_command_never_runs(said):
    suggested(said)


def test_no_stop_word_negates():
    assert not STOP_WORDS & {
        "no",
        "not",
        "never",
        "dont",
        "stop",
        "ne",
        "n",
        "pas",
        "jamais",
        "non",
    }


@pytest.mark.parametrize(
    ("typed", "part_of_message"),
    [
        ("", "nothing"),
        ("metrics", "needs a service"),
        ("ack", "number"),
        ("metrics curator 24", "24 of what"),
        ("metrics curator 5s", "between"),
        ("metrics curator 99999999d", "between"),
        ("metrics curator public", "one service"),
        ("what about curator", "curator"),
        ("alerts of yesterday", "yesterday"),
        ("scale curator", "number of instances"),
        ("scale curator 0", "0"),
        ("scale curator 101", "101"),
        ("autoscale curator 3-1", "3-1"),
        ("set-plan curator sarter", "sarter"),
        ("autoscale curator", "fewest"),
        ("approve", "number of an action"),
        ("auto-deploy curator", "one of its words"),
    ],
)
def test_what_is_missing_or_not_understood_is_named(typed, part_of_message):
    read = parse(typed, SERVICES)
    assert isinstance(read, Suggestion)
    assert part_of_message in read.message
    assert read.usages


def test_two_commands_in_one_line_are_both_suggested():
    usages = suggested("l'état des alertes")
    assert any(usage.startswith("status") for usage in usages)
    assert any(usage.startswith("alerts") for usage in usages)


def test_a_missing_service_is_suggested_by_name():
    assert suggested("why") == tuple(f"why {service}" for service in SERVICES)


def test_words_that_stand_for_several_commands_are_none():
    words = [word for spec in CATALOG for word in set(spec.words)]
    assert len(words) == len(set(words))


@given(st.text(), st.lists(service_ids))
def test_reading_never_raises(text, services):
    parse(text, services)


@given(
    st.sampled_from(CATALOG),
    st.lists(st.sampled_from([*SERVICES, "cur", "24h", "3", "until", "healthy", "because", "!x"])),
)
def test_reading_arguments_in_any_order_never_raises(spec, words):
    parse_arguments(spec, words, SERVICES)


@given(st.lists(st.sampled_from([*(w for s in CATALOG for w in s.words), *SERVICES, "24h", "3"])))
def test_reading_command_words_in_any_order_never_raises(words):
    parse(" ".join(words), SERVICES)


@given(st.sampled_from(CATALOG), st.lists(st.text()), st.lists(service_ids))
def test_reading_arguments_never_raises(spec, words, services):
    parse_arguments(spec, words, services)


@given(st.text(), st.lists(service_ids, unique=True))
def test_what_is_understood_reads_back_as_the_same(text, services):
    read = parse(text, services)
    if isinstance(read, Invocation):
        again = parse_arguments(read.spec, read.text.split()[1:], services)
        assert isinstance(again, Invocation)
        assert again.arguments == read.arguments


@given(st.sampled_from(NEEDS_A_SERVICE), service_ids)
def test_every_service_can_be_named_whatever_it_is_called(spec, service):
    if spec.name == "alerts" and service in ("open", "all"):
        return
    read = parse(f"{spec.name} {service}", [service])
    if isinstance(read, Invocation) and read.arguments.choice:
        return
    if isinstance(read, Suggestion):
        # What more it needs is all it may complain of.
        assert read.message.startswith(f"{spec.name} needs")
        assert not read.message.endswith("a service")
        return
    assert isinstance(read, Invocation)
    assert read.arguments.service == service


@given(st.text(max_size=12), st.lists(service_ids))
def test_a_dangerous_command_runs_only_when_spelled_out(text, services):
    for spec in CATALOG:
        if spec.danger is Danger.NONE:
            continue
        read = parse(f"{text} {' '.join(services)}", services)
        if isinstance(read, Invocation) and read.spec is spec:
            assert any(word in text.casefold() for word in spec.words) or services


@given(service_ids, st.integers(min_value=1))
def test_a_dangerous_command_never_takes_the_beginning_of_a_service(service, cut):
    part = service[: len(service) - cut]
    if not part or part == service:
        return
    for spec in CATALOG:
        if spec.danger is not Danger.NONE:
            read = fill(spec, [Word(part)], [service])
            assert not isinstance(read, Invocation) or not read.arguments.service


def test_what_lies_beyond_the_longest_line_cannot_change_what_runs():
    suggested("pause curator " + "please " * LONGEST_LINE + "not")
    spec = BY_NAME["pause"]
    read = parse_arguments(spec, ["curator", *["please"] * LONGEST_LINE, "not"], SERVICES)
    assert isinstance(read, Suggestion)


def test_the_catalog_offers_what_was_promised():
    promised = (
        "status metrics alerts why probe wake pause resume ack history help restart incidents "
        "incident note deployed escalate silence silences unsilence maintenance notify slo "
        "plan hours mode deploys cold-starts deploy rollback suspend unsuspend scale set-plan "
        "autoscale auto-deploy actions approve reject undo audit tune freeze unfreeze "
        "videos video theme trends tags insights study libraries compare"
    )
    assert sorted(promised.split()) == sorted(BY_NAME)
    for spec in CATALOG:
        assert spec.words_en
        assert spec.words_fr
        assert spec.summary
