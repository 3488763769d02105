"""What the docs' pages hold."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/**/*.md"), *ROOT.glob("policy/*.md")])


def fenced(page: Path, *languages: str) -> list[str]:
    """The code blocks of a page in some languages."""
    names = "|".join(languages)
    return re.findall(rf"^[ ]*```(?:{names})\n(.*?)^[ ]*```", page.read_text(), re.DOTALL | re.MULTILINE)
