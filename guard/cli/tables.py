"""Tables: for a terminal, and as markdown."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table


def plain(*heads: str, whole: Collection[str] = ()) -> "Table":
    """A table without lines whose cells are folded where the terminal is narrow, but for those of the `whole` heads."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold", no_wrap=head in whole)
    return table


def cell(text: str) -> str:
    """A text that cannot end its cell of a markdown table."""
    return text.replace("|", "\\|")


def markdown(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    rule: Sequence[str] = (),
    *,
    written: Callable[[str], str] = cell,
) -> str:
    """A table as GitHub reads it. `rule` aligns the columns; `written` makes a text fit for a cell."""
    lines = (head, rule or ("---",) * len(head), *rows)
    return "\n".join("| " + " | ".join(map(written, line)) + " |" for line in lines)
