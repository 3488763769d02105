"""The HTML report: one file, nothing from outside, readable in a browser of any width."""

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from guard.history.html import page
from guard.history.suggest import suggestion
from tests.history.logs import event, found, lines

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SCRIPT = "<script>alert(1)</script>"


def report(path: Path) -> str:
    """Over a log with a noisy rule and a hostile name."""
    events = [event(number, minute=20 * number, errorCode=SCRIPT) for number in range(30)]
    lines(path / "log", *events, event(99, eventName=SCRIPT), {"eventTime": SCRIPT})
    outcome = found(path / "log")
    return page(outcome, outcome.results, [one for result in outcome.results if (one := suggestion(result))])


class Tags(HTMLParser):
    """Counts tags, and sees that they close."""

    VOID = frozenset({"meta"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        """Remember it."""
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """It closes the last."""
        assert self.open.pop() == tag


def test_the_file_needs_nothing_else(tmp_path: Path) -> None:
    """No script, no address to load from, every tag closed, hostile texts escaped."""
    text = report(tmp_path)
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert SCRIPT not in text
    assert not re.search(r"<script|<link|<img|src=|@import|url\(", text)


def test_it_shows_what_matters(tmp_path: Path) -> None:
    """The rule, its timeline, who, what could not be read, what no rule names, what would quiet it."""
    text = report(tmp_path)
    for part in (
        "ec2-instance-changes",
        "<svg",
        "role/ci",
        "has the odd eventTime",
        "To have fewer mails",
        "30 events",
    ):
        assert part in text
    assert "Events that no rule names" in text


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
@pytest.mark.parametrize("width", [400, 1200])
def test_a_browser_shows_it(tmp_path: Path, width: int) -> None:
    """No wider than a phone's or a desk's screen, and without an error."""
    probe = "<script>document.title = document.documentElement.scrollWidth <= innerWidth ? 'fits' : 'wide'</script>"
    path = tmp_path / "report.html"
    path.write_text(report(tmp_path).replace("</body>", f"{probe}</body>"))
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={tmp_path / 'home'}"]
    shown = subprocess.run(
        [str(CHROMIUM), *flags, f"--window-size={width},900", "--dump-dom", path.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert "<title>fits</title>" in shown.stdout
