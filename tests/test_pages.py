"""README and docs: links lead somewhere, and what they show works."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from guard import rules
from guard.cli.check import command
from guard.sandbox.sandbox import Sandbox
from guard.settings import read
from tests.component.rendered import of, render
from tests.pages import PAGES, ROOT, fenced
from tests.sandbox.attacks import ATTACKS

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file that is there."""
    links = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_page_names_the_rooms_in_their_order() -> None:
    """As the import contracts have them."""
    contracts = (ROOT / "pyproject.toml").read_text()
    layers = re.findall(
        r'^    "(guard\.[a-z. |]+)",$', contracts.partition("layers = [")[2].partition("]")[0], re.MULTILINE
    )
    named = (", ".join(f"`{room}`" for room in layer.replace("guard.", "").split(" | ")) for layer in layers)
    assert " > ".join(named) in (ROOT / "docs/architecture.md").read_text()


def test_the_readmes_config_is_one() -> None:
    """The YAML that the README shows is taken."""
    for block in fenced(ROOT / "README.md", "yaml"):
        config = yaml.safe_load(block)["config"]
        assert read({key: value for key, value in config.items() if ":" not in key}, component="guard", root=ROOT)


def test_the_readmes_python_deploys(tmp_path: Path) -> None:
    """The Python that the README shows registers a trail."""
    for block in fenced(ROOT / "README.md", "python"):
        assert of(render(tmp_path, block), "Trail")


def test_the_sandboxs_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """So does the example of docs/sandbox.md, in the project's folder."""
    monkeypatch.chdir(ROOT)
    for block in fenced(ROOT / "docs/sandbox.md", "python"):
        exec(block, {})  # noqa: S102 - the page's own example
    with Sandbox():
        pass


def test_the_pack_of_the_rules_page_is_clean(tmp_path: Path) -> None:
    """The pack that docs/rules.md shows loads, and has no finding."""
    (tmp_path / "mine.yaml").write_text(fenced(ROOT / "docs/rules.md", "yaml")[0])
    result = CliRunner().invoke(command, ["--strict", str(tmp_path / "mine.yaml")])
    assert result.exit_code == 0, result.output


def test_the_exclusions_of_the_rules_page_compile() -> None:
    """So do the exclusions, all on one rule."""
    exclude = yaml.safe_load(fenced(ROOT / "docs/rules.md", "yaml")[2])["exclude"]
    found = rules.load(["essentials"], overrides={"vpc-changes": {"exclude": exclude}})
    assert "autoscaling" in next(rule for rule in found.rules if rule.id == "vpc-changes").pattern


def test_the_overrides_of_the_rules_page_are_taken() -> None:
    """So are the overrides."""
    overrides = yaml.safe_load(fenced(ROOT / "docs/rules.md", "yaml")[1])["overrides"]
    found = read({"emails": ["a@example.com"], "overrides": overrides}, component="guard", root=ROOT)
    assert "vpc-changes" in found.rules.disabled


def test_the_attacks_table_is_what_the_tests_do() -> None:
    """docs/operate.md shows each attack of attacks.yaml, who notices, and when."""
    page = (ROOT / "docs/operate.md").read_text()
    head = "| Attack | Rings | After | `guard verify` fails |\n|---|---|---|---|\n"
    rows = "".join(f"| {' | '.join(row(attack))} |\n" for attack in ATTACKS.values())
    assert page.partition(head)[2].partition("\n\n")[0] + "\n" == rows


def row(attack: Mapping[str, Any]) -> tuple[str, ...]:
    """The cells of an attack."""
    rings = [*attack.get("rings", []), *(["watchdog-silent"] if attack.get("silent") else [])]
    after = [*(["5 to 20 min"] if attack.get("rings") else []), *(["3 to 5 h"] if attack.get("silent") else [])]
    names = ", ".join(f"`{one}`" for one in rings) or "nothing"
    return attack["attack"], names, "; ".join(after) or "", ", ".join(attack["verify"])
