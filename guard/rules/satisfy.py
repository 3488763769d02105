"""Decides over all events: can a pattern match one, do two patterns match the same ones.

Each selector's conditions come out together in one of few ways (see `cells`); the tree is decided by trying
them selector by selector. Where the language cannot be decided so (wildcard selectors, regular expressions)
a condition counts as free: a contradiction or an equality may go unseen, and none is claimed wrongly.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from guard.pattern.ast import Condition, Name, Node, Selector, Wildcard, conditions
from guard.rules.cells import Cell, Holds, TooHardError, cells, fresh, missing
from guard.rules.record import Kind, kind, names
from guard.rules.residue import Known, Residue, Trees

Goal: TypeAlias = Callable[[tuple[Residue, ...]], "bool | None"]
MAX_STEPS = 2_000  # what real patterns need is below a hundred


def satisfiable(*roots: Node, records: bool = False) -> bool:
    """Whether one event can match all of the trees; True where that is too hard to tell.

    `records`: only events whose fields are of the kinds that CloudTrail writes.
    """
    trees = Trees()
    return _found(trees, [trees.of(root) for root in roots], _all_true, records=records, unknown=True)


def same(one: Node, other: Node) -> bool:
    """Whether two trees match the same of CloudTrail's events; False where that is too hard to tell."""
    trees = Trees()
    return not _found(trees, (trees.of(one), trees.of(other)), _differ, records=True, unknown=True)


def drops(root: Node, selector: Selector) -> bool:
    """Whether an event that matches with an unnamed text at the selector does not match without the field."""
    group = [condition for condition in dict.fromkeys(conditions(root)) if condition.selector == selector]
    trees = Trees()
    whole = trees.of(root)
    there, gone = (trees.left(whole, trees.known(group, cell.truths)) for cell in (fresh(group), missing(group)))
    return _found(trees, (there, gone), _only_first, records=False, unknown=False)


def _found(trees: Trees, roots: Sequence[Residue], goal: "Goal", *, records: bool, unknown: bool) -> bool:
    try:
        return _Search(trees, roots, goal, records=records).found()
    except TooHardError:
        return unknown


def _all_true(values: tuple[Residue, ...]) -> bool | None:
    if False in values:
        return False
    return True if all(value is True for value in values) else None


def _differ(values: tuple[Residue, ...]) -> bool | None:
    one, other = values
    if isinstance(one, bool) and isinstance(other, bool):
        return one is not other
    return False if one is other else None


def _only_first(values: tuple[Residue, ...]) -> bool | None:
    one, other = values
    if one is False or other is True:
        return False
    return True if one is True and other is False else None


class _Search:
    """Tries the cells of each selector in turn, shallow selectors first."""

    def __init__(self, trees: Trees, roots: Sequence[Residue], goal: Goal, *, records: bool) -> None:
        self.trees = trees
        self.roots = tuple(roots)
        self.goal = goal
        self.records = records
        self.steps = 0
        self.seen: set[object] = set()
        self.known: dict[tuple[int, tuple[bool, ...]], Known] = {}
        by_selector: dict[Selector, list[Condition]] = {}
        for root in roots:
            for condition in () if isinstance(root, bool) else conditions(root):
                group = by_selector.setdefault(condition.selector, [])
                if condition not in group:
                    group.append(condition)
        self.groups = sorted(by_selector.items(), key=lambda item: len(item[0].steps))
        self.uppers = {
            selector: [upper for upper in by_selector if _under(selector, upper)] for selector in by_selector
        }
        self.holders = {upper for uppers in self.uppers.values() for upper in uppers}

    def found(self) -> bool:
        """Whether some event reaches the goal."""
        return self._from(0, self.roots, {})

    def _from(self, at: int, values: tuple[Residue, ...], held: Mapping[Selector, Holds]) -> bool:
        decided = self.goal(values)
        if decided is not None or at == len(self.groups):
            return bool(decided)
        key = (at, tuple(map(id, values)), tuple(held.items()))
        if key in self.seen:
            return False
        self.seen.add(key)
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooHardError
        return any(self._try(at, values, held, cell) for cell in self._cells(at, held))

    def _cells(self, at: int, held: Mapping[Selector, Holds]) -> Sequence[Cell]:
        selector, group = self.groups[at]
        if not all(_stands(selector, upper, held[upper]) for upper in self.uppers[selector]):
            return [missing(group)]
        if _wild(selector):
            return _free(len(group))
        return _known(tuple(group), kind(names(selector)) if self.records else "any")

    def _try(self, at: int, values: tuple[Residue, ...], held: Mapping[Selector, Holds], cell: Cell) -> bool:
        selector, group = self.groups[at]
        known = self.known.get((at, cell.truths))
        if known is None:
            known = self.known[at, cell.truths] = self.trees.known(group, cell.truths)
        left = tuple(self.trees.left(value, known) for value in values)
        return self._from(at + 1, left, {**held, selector: cell.holds} if selector in self.holders else held)


@lru_cache(maxsize=4096)
def _known(group: tuple[Condition, ...], of_kind: Kind) -> tuple[Cell, ...]:
    return tuple(sorted(cells(group, of_kind), key=lambda cell: (cell.truths, cell.holds)))


def _free(count: int) -> list[Cell]:
    """All ways that many conditions can come out, each by itself."""
    if count > 12:
        raise TooHardError
    return [Cell(tuple(bool(number >> n & 1) for n in range(count))) for number in range(1 << count)]


def _wild(selector: Selector) -> bool:
    return any(isinstance(step, Wildcard) for step in selector.steps)


def _under(lower: Selector, upper: Selector) -> bool:
    """Whether the lower selector leads through the upper one."""
    depth = len(upper.steps)
    return len(lower.steps) > depth and lower.steps[:depth] == upper.steps and not _wild(upper)


def _stands(lower: Selector, upper: Selector, holds: Holds) -> bool:
    """Whether a value that holds fields or elements so can have the lower selector's next step in it."""
    step = lower.steps[len(upper.steps)]
    if isinstance(step, Wildcard):
        return holds == "object" or (step.bracket and holds == "array")
    return holds == ("object" if isinstance(step, Name) else "array")
