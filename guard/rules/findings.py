"""What the linter can find: codes with severity and title, and the finding itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from guard.rules.model import Place

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding. docs/lint.md has a section for each, headed by code and title."""

    level: Level
    title: str


CODES: Mapping[str, Code] = {
    "G001": Code("error", "A pack that cannot be read"),
    "G002": Code("error", "A pattern that CloudWatch Logs refuses"),
    "G003": Code("error", "An example that does not hold"),
    "G004": Code("warning", "An accepted finding that is not there"),
    "G005": Code("warning", "A control that its standard does not have"),
    "G101": Code("error", "Matches every event"),
    "G102": Code("error", "Matches no event"),
    "G103": Code("error", "Unequal on a field that may be missing"),
    "G104": Code("warning", "And and or mixed without parentheses"),
    "G105": Code("error", "A boolean or null compared with a text"),
    "G106": Code("warning", "A star as a test for existence"),
    "G107": Code("warning", "A text written as AWS does not document"),
    "G108": Code("warning", "A star within a text"),
    "G109": Code("warning", "A bare condition beside a group"),
    "G201": Code("error", "An event name that nobody records"),
    "G202": Code("error", "An event source that nobody records"),
    "G203": Code("error", "An event name of another source"),
    "G204": Code("warning", "An event name of several sources"),
    "G205": Code("error", "A selector that no record has"),
    "G206": Code("error", "A selector that points to an object"),
    "G207": Code("error", "An event that the trail does not record"),
    "G208": Code("warning", "A name that a call can write in another way"),
    "G301": Code("error", "A threshold that cannot be reached"),
    "G302": Code("warning", "A period below five minutes"),
    "G303": Code("error", "More than 100 metric filters"),
    "G304": Code("error", "More than five filters with a regular expression"),
    "G305": Code("warning", "Two rules that count the same events"),
    "G306": Code("warning", "An event counted twice"),
    "G401": Code("error", "An alarm description over 1,024 characters"),
    "G402": Code("warning", "A mail that does not say what to do"),
    "G403": Code("error", "Characters that cannot be seen"),
    "G501": Code("warning", "A control whose text an exclusion has changed"),
    "G502": Code("error", "An exclusion that silences the rule"),
    "G503": Code("error", "An exclusion that cannot be compiled"),
    "G504": Code("warning", "An exclusion that excludes nothing"),
    "G505": Code("error", "An exclusion by a list or an object"),
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding: where, which rule, what is wrong and what to do; sorted by place."""

    place: Place
    code: str
    rule: str
    message: str
    fix: str

    @property
    def level(self) -> Level:
        """`error` or `warning`."""
        return CODES[self.code].level

    @property
    def anchor(self) -> str:
        """Where the documentation explains it."""
        return f"docs/lint.md#{self.code.lower()}"
