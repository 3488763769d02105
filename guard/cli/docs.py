"""Writes the generated tables of README and docs: `python -m guard.cli.docs`, with `--check` only compares.

A page holds `<!-- generated: NAME -->` and `<!-- end -->`; what stands between them comes from TABLES.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click
import yaml

from guard import policies, rules
from guard.cli import COMMANDS, cli
from guard.cli.tables import markdown
from guard.names import Names, Where
from guard.rules.model import RuleSet
from guard.rules.standards import STANDARDS, Met
from guard.settings import Settings
from guard.settings.lacks import lacks

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(?P<head><!-- generated: (?P<name>[a-z:-]+) -->\n).*?(?P<foot><!-- end -->)", re.DOTALL)


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """A markdown table, a line that ends."""
    return markdown(head, rows) + "\n"


def rule_table() -> str:
    """Every shipped rule: severity, id, what it says."""
    packs = rules.load(rules.shipped()).packs
    rows = ((f"`{pack.name}`", f"`{rule.id}`", rule.severity, rule.title) for pack in packs for rule in pack.rules)
    return table(("Pack", "Rule", "Severity", "Rings when"), rows)


def first_steps() -> str:
    """What to do first, for each rule of the packs that are on by default."""
    found = (rule for pack in rules.load(rules.DEFAULT_PACKS).packs for rule in pack.rules)
    return table(("Rule", "First step"), ((f"`{rule.id}`", rule.first_step) for rule in found))


def pack_pages() -> str:
    """Every pack with its rules in full."""
    return "\n".join(
        f"## {pack.title}\n\nPack `{pack.name}`. {pack.description}\n\n" + "\n".join(map(rule_page, pack.rules))
        for pack in (rules.read_pack(name) for name in rules.shipped())
    )


def rule_page(rule: rules.Rule) -> str:
    """A rule: what happened, its texts, what to do first, who does it honestly, where it is asked for."""
    controls = [f"{standard} {', '.join(ids)}" for standard, ids in rule.controls.items()]
    alarm = rule.alarm
    often = f"Rings at {alarm.threshold} events within {alarm.period // 60} minutes." if alarm.threshold > 1 else ""
    facts = [
        "Each text is a filter of its own, on one metric." if rule.more_patterns else "",
        often,
        f"First step: {rule.first_step}",
        f"False positives: {' '.join(rule.false_positives)}" if rule.false_positives else "",
        f"ATT&CK: {', '.join(rule.attack)}." if rule.attack else "",
        f"Controls: {'; '.join(controls)}." if controls else "",
        f"Takes the place of: {', '.join(f'`{one}`' for one in rule.covers)}." if rule.covers else "",
        " ".join(f"[{one.rpartition('/')[2].replace('.html', '')}]({one})" for one in rule.references),
    ]
    text = "\n\n".join(fact for fact in facts if fact)
    texts = "\n\n".join(rule.patterns)
    head = f"### {rule.id}\n\n**{rule.title}** ({rule.severity}). {rule.description}"
    return f"{head}\n\n```text\n{texts}\n```\n\n{text}\n"


def standard_table() -> str:
    """Every standard: how many of its controls a shipped rule has, the stack meets as it comes or with an option, are
    no alarms.
    """
    left_out = lacks(Settings("", RuleSet((), ())))
    every = [rule for name in rules.shipped() for rule in rules.read_pack(name).rules]
    columns: Mapping[str, Met] = {
        "Alarms, all covered": "rule",
        "Met by the stack": "stack",
        "Met with an option": "option",
        "No alarms": "elsewhere",
    }
    counts = {
        name: Counter(control.met for control in standard.coverage(every, every, name, left_out))
        for name, standard in STANDARDS.items()
    }
    rows = (
        (f"`{name}`", STANDARDS[name].title, *(str(count[met]) for met in columns.values()))
        for name, count in counts.items()
    )
    return table(("`--standard`", "Name", *columns), rows)


def config_table() -> str:
    """Every config key of Pulumi.yaml: type, default, meaning."""
    keys = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]
    rows = (
        (f"`{key}`", entry["type"], shown(entry), entry["description"].strip().replace("\n", " "))
        for key, entry in keys.items()
        if ":" not in key
    )
    return table(("Key", "Type", "Default", "Meaning"), rows)


def shown(entry: dict[str, object]) -> str:
    """A default as YAML writes it in one line; a dash where there is none."""
    if "default" not in entry:
        return "—"
    text = yaml.safe_dump(entry["default"], default_flow_style=True, width=1000)
    return f"`{text.removesuffix('...' + chr(10)).strip()}`"


def command_table() -> str:
    """Every command, in a line."""
    return table(("Command", "Does"), ((f"`guard {name}`", text) for name, text in COMMANDS.items()))


def help_pages() -> str:
    """`--help` of every command and subcommand."""
    context = click.Context(cli, info_name="guard", max_content_width=100)
    return "\n".join(
        f"## {title}\n\n```text\n{page}\n```\n"
        for name in COMMANDS
        for title, page in pages(cli.get_command(context, name), f"guard {name}")
    )


def pages(command: click.Command | None, title: str) -> Iterator[tuple[str, str]]:
    """The help of a command, then of its subcommands."""
    assert command is not None  # noqa: S101 - the table names modules that exist
    context = click.Context(command, info_name=title, max_content_width=100, terminal_width=100)
    yield title, command.get_help(context)
    for name, child in getattr(command, "commands", {}).items():
        yield from pages(child, f"{title} {name}")


HERE = Where("aws", "eu-west-1", "111122223333")
NAMES = Names("account-guard-prod")


def statements(document: policies.Document, *sids: str) -> str:
    """Those statements of a policy, as JSON to paste."""
    wanted = [one for one in document["Statement"] if one["Sid"] in sids]
    return f"```json\n{json.dumps(wanted, indent=2)}\n```\n"


def bucket_statements() -> str:
    """What the policy of an existing bucket needs."""
    trail = HERE.arn("cloudtrail", f"trail/{NAMES.trail}")
    document = policies.log_bucket("arn:aws:s3:::my-bucket", trail)
    return statements(document, "CloudTrailAclCheck", "CloudTrailWrite")


def key_statements() -> str:
    """What the policy of an existing key needs."""
    document = policies.log_key(HERE, HERE.arn("cloudtrail", f"trail/{NAMES.trail}"), NAMES.log_group)
    return statements(document, "CloudTrailEncrypt", "CloudTrailDescribe", "CloudWatchLogs")


def topic_statements() -> str:
    """What the policy of an existing topic needs."""
    return statements(policies.topic(HERE, HERE.arn("sns", "my-topic"), NAMES.alarm_prefix), "AlarmsPublish")


def topic_key_statements() -> str:
    """What the policy of the key of an existing topic needs."""
    return statements(policies.topics_key(HERE, NAMES.alarm_prefix), "AlarmsPublish")


TABLES: dict[str, Callable[[], str]] = {
    "rules": rule_table,
    "packs": pack_pages,
    "first-steps": first_steps,
    "standards": standard_table,
    "config": config_table,
    "commands": command_table,
    "help": help_pages,
    "bucket-statements": bucket_statements,
    "key-statements": key_statements,
    "topic-statements": topic_statements,
    "topic-key-statements": topic_key_statements,
}


def render(text: str) -> str:
    """The page with each generated block made anew."""
    return BLOCK.sub(lambda block: block["head"] + TABLES[block["name"]]() + block["foot"], text)


def stale() -> Iterator[tuple[Path, str]]:
    """The pages whose blocks are not as they would be made now, with their new text."""
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        text = page.read_text(encoding="utf-8")
        if "<!-- generated: " in text and (fresh := render(text)) != text:
            yield page, fresh


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a page is out of date.")
def command(check: bool) -> None:
    """Write the generated tables anew."""
    pages = list(stale())
    for page, text in pages:
        click.echo(f"{page.relative_to(ROOT)}: {'out of date: run make docs' if check else 'written'}")
        if not check:
            page.write_text(text, encoding="utf-8")
    sys.exit(1 if check and pages else 0)


if __name__ == "__main__":
    command()
