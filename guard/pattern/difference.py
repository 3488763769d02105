"""How a pattern changed, clause by clause."""

from collections.abc import Iterable, Iterator

from guard.errors import PatternError
from guard.pattern import ast
from guard.pattern.parser import parse_tree
from guard.pattern.text import condition

JOINERS = {ast.And: "&& ", ast.Or: "|| "}


def compare(old: str, new: str) -> Iterator[str]:
    """Lines `- clause` and `+ clause`, each with what joins it to the others; none where both are one tree.
    A text that was not there, is no more, or is no JSON pattern is one clause.
    """
    try:
        before, after = parse_tree(old), parse_tree(new)
    except PatternError:
        yield from (f"- {old}",) if old else ()
        yield from (f"+ {new}",) if new else ()
        return
    yield from _differ(before, after)


def _differ(old: ast.Node, new: ast.Node) -> Iterator[str]:
    kind = next((type(one) for one in (new, old) if isinstance(one, (ast.And, ast.Or))), None)
    before, after = _operands(old, kind), _operands(new, kind)
    gone, come = [one for one in before if one not in after], [one for one in after if one not in before]
    if len(gone) == len(come) == 1 and isinstance(gone[0], (ast.And, ast.Or)) and gone[0] != old:
        yield from _differ(gone[0], come[0])
        return
    joiner = JOINERS.get(kind, "") if kind else ""
    yield from (f"- {joiner}{condition(one)}" for one in gone)
    yield from (f"+ {joiner}{condition(one)}" for one in come)


def _operands(node: ast.Node, kind: type | None) -> Iterable[ast.Node]:
    """What a group of this kind joins; anything else is a group of one."""
    return node.operands if isinstance(node, (ast.And, ast.Or)) and type(node) is kind else (node,)
