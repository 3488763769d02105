"""A stack's files, read as the engine reads them."""

from pathlib import Path

import pytest

from guard.errors import ConfigError
from guard.settings import load_stack, stack_config
from guard.settings.stack import settings_of

ROOT = Path(__file__).parents[2]


def test_the_worked_stack() -> None:
    """Pulumi.dev.yaml over the defaults of Pulumi.yaml."""
    found = load_stack(ROOT, "dev")
    assert found.component == "account-guard-dev"
    assert found.region
    assert found.retention_days == 365
    assert found.rules.rules


def test_values_that_pulumi_config_set_wrote(tmp_path: Path) -> None:
    """It writes texts; typed keys read them as their type."""
    (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    (tmp_path / "Pulumi.x.yaml").write_text(
        'config:\n  account-guard:emails: ["a@example.com"]\n'
        '  account-guard:retentionDays: "30"\n  account-guard:protect: "false"\n'
    )
    found = load_stack(tmp_path, "x")
    assert found.retention_days == 30
    assert found.protect is False


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config: [1]", "config: is no map"),
        ("- 1", "is no map"),
        ("config: {", "is no YAML"),
        ("", "is empty"),
        ("config: \0", "is no YAML"),
        ("config: " + "[" * 3000, "nested deeper than 40 levels"),
        ("config: {tags: &a {a: *a}}", "no anchor 'a' is complete"),
        ("config: {[a]: b}", "x.yaml:1:10: a list or map as a key"),
        ("config:\n  emails: [a]\n  emails: [b]", "x.yaml:3:3: the key 'emails' is repeated (first in line 2)"),
        ("config: {aws:region: eu-west1}", "aws:region: 'eu-west1' is no region: write one such as eu-west-1"),
        ("config: {aws:region: 5}", "'5' is no region"),
        (
            "config: {aws:allowedAccountIds: [012345678901]}",
            "allowedAccountIds: '12345678901' is no account: write its",
        ),
        ("config: {dashboard: !x true}", "x.yaml:1:21: the tag '!x' is not read"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    """Its path, and what is wrong."""
    (tmp_path / "Pulumi.yaml").write_text("name: account-guard\n")
    (tmp_path / "Pulumi.x.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"Pulumi\.x\.yaml") as caught:
        stack_config(tmp_path, "x")
    assert said in str(caught.value)


def test_all_that_is_odd_in_a_file_is_told(tmp_path: Path) -> None:
    """At once, each with its place."""
    (tmp_path / "Pulumi.yaml").write_text("name: account-guard\n")
    (tmp_path / "Pulumi.x.yaml").write_text("config:\n  a: 1\n  a: 2\n  b: {c: 1, c: 2}\n")
    with pytest.raises(ConfigError) as caught:
        stack_config(tmp_path, "x")
    assert [fault.place.split("x.yaml")[1] for fault in caught.value.faults] == [":3:3", ":4:13"]


def test_yaml_is_read_as_the_engine_reads_it(tmp_path: Path) -> None:
    """What its CLI gave for these, and that a bare `no` and a number as a key are texts."""
    (tmp_path / "Pulumi.yaml").write_text("name: account-guard\n")
    values = "[010, -010, 089, 0x1F, 0o17, 0b11, 1_000, '010', 2026-01-01, 12:30:45]"
    (tmp_path / "Pulumi.x.yaml").write_text(f"config: {{x: {values}, quiet: no, 1: x}}\n")
    assert stack_config(tmp_path, "x") == {
        "account-guard:x": [8, -8, 89, 31, 15, 3, 1000, "010", "2026-01-01 00:00:00 +0000 UTC", "12:30:45"],
        "account-guard:quiet": "no",
        "account-guard:1": "x",
    }


def test_what_is_encrypted_is_not_judged(tmp_path: Path) -> None:
    """Whatever it holds; of accounts of which one is encrypted, all are allowed here: AWS's provider judges them."""
    (tmp_path / "Pulumi.yaml").write_text("name: account-guard\n")
    (tmp_path / "Pulumi.x.yaml").write_text("config: {aws:region: {secure: v1}, aws:allowedAccountIds: [secure: v1]}\n")
    values = stack_config(tmp_path, "x")
    assert values["aws:region"] == {"secure": "v1"}
    people = {"account-guard:emails": ["a@example.com"]}
    assert (
        settings_of({**people, "aws:allowedAccountIds": values["aws:allowedAccountIds"]}, "x", tmp_path).accounts == ()
    )
    assert settings_of({**people, "aws:allowedAccountIds": [111122223333]}, "x", tmp_path).accounts == ("111122223333",)


@pytest.mark.parametrize(
    "people",
    [
        "emails: {secure: v1}",
        "emails: [a@example.com, {secure: v1}]",
        "topic: {secure: v1}",
        "emails: [a@example.com], recipients: {high: [{secure: v1}]}",
        "emails: [a@example.com], key: {secure: v1}, tags: {owner: {secure: v1}}, aws:region: {secure: v1}",
    ],
)
def test_rules_are_read_beside_what_is_encrypted(people: str, tmp_path: Path) -> None:
    """They are no secret, whoever is mailed."""
    (tmp_path / "Pulumi.yaml").write_text("name: account-guard\n")
    (tmp_path / "Pulumi.x.yaml").write_text(f"config: {{{people}, packs: [cis]}}\n")
    found = load_stack(tmp_path, "x")
    assert [pack.name for pack in found.rules.packs] == ["cis"]
    assert found.region == ""


def test_the_rules_of_a_program_of_ones_own(tmp_path: Path) -> None:
    """Are read without its people, whom the program may name itself; without any key nothing is said of them."""
    (tmp_path / "Pulumi.yaml").write_text("name: ours\n")
    (tmp_path / "Pulumi.x.yaml").write_text("config: {account-guard:packs: [cis]}\n")
    assert [pack.name for pack in load_stack(tmp_path, "x").rules.packs] == ["cis"]
    (tmp_path / "Pulumi.x.yaml").write_text("config: {aws:region: eu-west-1}\n")
    with pytest.raises(ConfigError, match="has no key of account-guard"):
        load_stack(tmp_path, "x")


def test_encrypted_rules_are_a_fault(tmp_path: Path) -> None:
    """Nothing could be said of them."""
    (tmp_path / "Pulumi.yaml").write_text("name: account-guard\n")
    (tmp_path / "Pulumi.x.yaml").write_text("config: {emails: [a@example.com], packs: [{secure: v1}]}\n")
    with pytest.raises(ConfigError, match=r"Pulumi.x.yaml: packs: is encrypted"):
        load_stack(tmp_path, "x")


def test_maps_are_merged_as_the_engine_merges_them(tmp_path: Path) -> None:
    """Own keys over those of the first map named, over those of the next; at any depth."""
    (tmp_path / "Pulumi.yaml").write_text("name: account-guard\n")
    (tmp_path / "Pulumi.x.yaml").write_text(
        "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: {<<: *x, a: 4}}\n"
        "config:\n  <<: *x\n  b: 5\n  account-guard:tags: {<<: [*y, *x], d: 6}\n"
    )
    assert stack_config(tmp_path, "x") == {
        "account-guard:a": 1,
        "account-guard:b": 5,
        "account-guard:tags": {"a": 1, "b": 3, "c": {"a": 4, "b": 2}, "d": 6},
    }


def test_the_project_may_hold_values(tmp_path: Path) -> None:
    """Of a provider's keys too, such as the region of all stacks; the stack's own stand over them."""
    (tmp_path / "Pulumi.yaml").write_text(
        "name: account-guard\n"
        "config: {aws:region: eu-west-1, aws:profile: {value: audit}, retentionDays: 30, protect: {default: false}}\n"
    )
    (tmp_path / "Pulumi.x.yaml").write_text("config: {account-guard:emails: [a@example.com], retentionDays: 90}\n")
    found = load_stack(tmp_path, "x")
    assert (found.region, found.profile, found.retention_days, found.protect) == ("eu-west-1", "audit", 90, False)


def test_a_project_with_an_odd_config_is_named(tmp_path: Path) -> None:
    """It is one message."""
    (tmp_path / "Pulumi.yaml").write_text("name: account-guard\nconfig: [1]\n")
    (tmp_path / "Pulumi.x.yaml").write_text("config: {}\n")
    with pytest.raises(ConfigError, match=r"Pulumi\.yaml: config: is no map"):
        stack_config(tmp_path, "x")


def test_a_key_beside_the_config_is_told(tmp_path: Path) -> None:
    """As one is that was pasted at the end of the file: nobody reads it there, the engine neither."""
    (tmp_path / "Pulumi.yaml").write_text("name: account-guard\n")
    (tmp_path / "Pulumi.x.yaml").write_text("config:\n  account-guard:emails: [a@b.c]\naccount-guard:overrides: {}\n")
    with pytest.raises(ConfigError, match=r"x\.yaml: account-guard:overrides: stands beside `config:`"):
        stack_config(tmp_path, "x")


def test_a_missing_stack_names_those_there() -> None:
    """With the stacks that there are."""
    with pytest.raises(ConfigError, match=r"Pulumi.prod.yaml.*Pulumi.dev.yaml"):
        stack_config(ROOT, "prod")
    with pytest.raises(ConfigError, match="no such file"):
        stack_config(ROOT, "x" * 300)
