"""What the owner allows Sentinel to do by itself: rules, their order, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.config.autonomy import policies_for
from sentinel_tui.config.loader import ConfigInvalid, Loaded, load
from sentinel_tui.config.model import Config
from sentinel_tui.config.permissions import PermissionRule
from sentinel_tui.domain.autonomy.permissions import Policies
from sentinel_tui.domain.autonomy.policy import Level, Limits, Verb

WriteConfig = Callable[..., Path]

_SERVICES = """\
[[services]]
id = "shop"
url = "https://shop.example"
tags = ["money"]
[[services]]
id = "blog"
url = "https://blog.example"
"""


def policies(*rules: dict[str, Any], **options: Any) -> Policies:
    autonomy = {"rules": list(rules), **options}
    return policies_for(Config.model_validate({"autonomy": autonomy}))


def read(write_config: WriteConfig, text: str) -> Loaded:
    return load(write_config(_SERVICES + text))


def mistakes(write_config: WriteConfig, text: str) -> list[str]:
    with pytest.raises(ConfigInvalid) as invalid:
        read(write_config, text)
    return [str(problem).partition("sentinel.toml:")[2] for problem in invalid.value.problems]


class TestLimits:
    def test_without_a_rule_it_wakes_and_otherwise_only_suggests(self) -> None:
        levels = {verb: policies().limits("shop", (), verb).level for verb in Verb}
        assert levels.pop(Verb.WAKE) is Level.AUTO
        assert set(levels.values()) == {Level.SUGGEST}

    def test_the_last_rule_that_covers_a_wish_counts(self) -> None:
        allowed = policies(
            {"verb": "*", "level": "confirm"},
            {"verb": "restart", "level": "auto", "match": "tag:money"},
            {"verb": "restart", "level": "observe", "services": ["blog"]},
        )
        assert allowed.limits("shop", ("money",), Verb.RESTART).level is Level.AUTO
        assert allowed.limits("blog", ("money",), Verb.RESTART).level is Level.OBSERVE
        assert allowed.limits("other", (), Verb.RESTART).level is Level.CONFIRM
        assert allowed.limits("blog", (), Verb.DEPLOY).level is Level.CONFIRM

    def test_a_rule_says_only_what_it_says(self) -> None:
        usual = policies().limits("shop", (), Verb.RESTART)
        said = policies({"verb": "restart", "level": "auto", "per_day": 9})
        limits = said.limits("shop", (), Verb.RESTART)
        assert limits.per_day == 9
        assert (limits.per_hour, limits.cooldown_s) == (usual.per_hour, usual.cooldown_s)

    def test_all_of_a_rule_reaches_the_limits(self) -> None:
        rule = {
            "verb": "plan",
            "level": "confirm",
            "per_hour": 1,
            "per_day": 2,
            "cooldown": "90m",
            "euros_per_month": 7,
        }
        limits = policies(rule, euros_per_month=20).limits("shop", (), Verb.PLAN)
        assert limits == Limits(
            Level.CONFIRM, per_hour=1, per_day=2, cooldown_s=5_400.0, euros_per_month=7
        )

    def test_what_all_may_cost_holds_for_a_rule_that_names_no_sum(self) -> None:
        allowed = policies({"verb": "plan", "level": "confirm"}, euros_per_month=20)
        assert allowed.limits("shop", (), Verb.PLAN).euros_per_month == 20

    def test_what_changes_more_waits_longer_before_it_may_come_again(self) -> None:
        waits = [
            policies().limits("shop", (), verb).cooldown_s
            for verb in (Verb.SCALE, Verb.RESTART, Verb.ROLLBACK)
        ]
        assert waits == sorted(set(waits))

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["*", *Verb]), st.sampled_from(["observe", "suggest", "confirm"])
            ),
            max_size=6,
        ),
        st.sampled_from(list(Verb)),
    )
    def test_nothing_is_automatic_that_no_rule_made_so(
        self, rules: list[tuple[str, str]], verb: Verb
    ) -> None:
        allowed = policies(*({"verb": named, "level": level} for named, level in rules))
        if verb is not Verb.WAKE:
            assert allowed.limits("shop", (), verb).level < Level.AUTO


def test_every_verb_and_level_can_be_written() -> None:
    fields = PermissionRule.model_fields
    assert set(get_args(fields["verb"].annotation)) == {"*", *Verb}
    assert set(get_args(fields["level"].annotation)) == {one.name.lower() for one in Level}


def test_the_general_options_reach_the_policies(write_config: WriteConfig) -> None:
    text = """
        [autonomy]
        dry_run = true
        i_accept_automatic_rollback = true
        euros_per_month = 12.5
        heal = false
        tune = "off"
    """
    allowed = policies_for(read(write_config, text).config)
    assert allowed.dry_run
    assert allowed.accepted
    assert not allowed.heal
    assert allowed.tune is Level.OBSERVE
    assert allowed.euros_per_month == 12.5
    assert allowed.limits("shop", (), Verb.ROLLBACK).accepted


class TestMistakes:
    def test_a_rule_for_nobody_names_the_services_there_are(
        self, write_config: WriteConfig
    ) -> None:
        rule = '[[autonomy.rules]]\nverb = "restart"\nlevel = "auto"\nservices = ["shpo"]\n'
        (text,) = mistakes(write_config, rule)
        assert text.startswith("11: ")
        assert "one of shop, blog" in text
        assert 'did you mean "shop"?' in text

    def test_a_rollback_that_nobody_accepted_is_refused_and_told_how(
        self, write_config: WriteConfig
    ) -> None:
        rule = '[[autonomy.rules]]\nverb = "rollback"\nlevel = "auto"\n'
        (text,) = mistakes(write_config, rule)
        assert text.startswith("10: autonomy.rules[0].level: ")
        assert "i_accept_automatic_rollback = true" in text
        accepted = "[autonomy]\ni_accept_automatic_rollback = true\n"
        assert read(write_config, accepted + rule).config.autonomy.rules

    def test_a_rule_may_not_cost_more_than_all_of_them(self, write_config: WriteConfig) -> None:
        rule = '[[autonomy.rules]]\nverb = "plan"\nlevel = "confirm"\neuros_per_month = 25\n'
        (text,) = mistakes(write_config, "[autonomy]\neuros_per_month = 20\n" + rule)
        assert text.startswith("13: autonomy.rules[0].euros_per_month: ")
        assert "at most 20" in text

    def test_names_and_a_matcher_do_not_go_together(self, write_config: WriteConfig) -> None:
        rule = (
            '[[autonomy.rules]]\nverb = "*"\nlevel = "auto"\n'
            'services = ["shop"]\nmatch = "tag:money"\n'
        )
        (text,) = mistakes(write_config, rule)
        assert text.startswith("12: autonomy.rules[0].match: ")
        assert "remove one of them" in text

    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ('verb = "reboot"\nlevel = "auto"', '"restart"'),
            ('verb = "restart"\nlevel = "always"', '"observe", "suggest", "confirm", "auto"'),
            ('verb = "restart"', "is missing"),
            ('verb = "restart"\nlevel = "auto"\nper_hour = 0', "from 1 to 60"),
            ('verb = "restart"\nlevel = "auto"\ncooldown = "soon"', "a duration such as"),
            ('verb = "restart"\nlevel = "auto"\nmatch = "colour:red"', "tag:shop"),
        ],
    )
    def test_whatever_is_wrong_in_a_rule_is_told_with_what_is_expected(
        self, write_config: WriteConfig, written: str, expected: str
    ) -> None:
        (text,) = mistakes(write_config, f"[[autonomy.rules]]\n{written}\n")
        assert expected in text

    @pytest.mark.parametrize(
        "text",
        [
            "autonomy = 3\n",
            "autonomy = { rules = 3 }\n",
            "autonomy = { rules = [3] }\n",
            'autonomy = { rules = [{ verb = 3, level = [], services = "shop" }] }\n',
            "modes = [{ services = [[]] }]\n",
            'autonomy = { euros_per_month = "a", rules = [{ euros_per_month = true }] }\n',
        ],
    )
    def test_what_has_the_wrong_shape_is_a_mistake_and_no_crash(
        self, write_config: WriteConfig, text: str
    ) -> None:
        with pytest.raises(ConfigInvalid):
            load(write_config(text))


class TestWarnings:
    def test_a_tag_that_nothing_has(self, write_config: WriteConfig) -> None:
        rule = '[[autonomy.rules]]\nverb = "wake"\nlevel = "auto"\nmatch = "tag:mony"\n'
        (warning,) = read(write_config, rule).warnings
        assert warning.key == "autonomy.rules[0].match"
        assert "money" in warning.mend

    def test_what_needs_a_platform_where_none_is_asked(self, write_config: WriteConfig) -> None:
        rule = '[[autonomy.rules]]\nverb = "restart"\nlevel = "auto"\n'
        (warning,) = read(write_config, rule).warnings
        assert warning.key == "autonomy.rules[0].verb"
        assert "[render]" in warning.mend
