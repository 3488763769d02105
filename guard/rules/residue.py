"""What is left of trees when some of their conditions are known."""

from collections.abc import Sequence
from typing import TypeAlias

from guard.pattern.ast import And, Condition, Node, Or

Residue: TypeAlias = "Node | bool"
Known: TypeAlias = "dict[int, Residue]"  # by the id of a tree: what is left of it


class Trees:
    """Trees of which equal ones are one object: to compare and to look up by hash takes a walk, by `id` none."""

    def __init__(self) -> None:
        self.made: dict[object, Node] = {}

    def of(self, node: Node) -> Node:
        """The one object of a tree."""
        if isinstance(node, And | Or):
            return self._joined(type(node), [self.of(operand) for operand in node.operands])
        return self.made.setdefault(node, node)

    def known(self, conditions: Sequence[Condition], truths: Sequence[bool]) -> Known:
        """How some conditions come out; `left` adds what it finds."""
        return {id(self.of(one)): truth for one, truth in zip(conditions, truths, strict=True)}

    def left(self, tree: Residue, known: Known) -> Residue:
        """What is left of a tree."""
        if isinstance(tree, bool):
            return tree
        found = known.get(id(tree))
        if found is None:
            found = known[id(tree)] = self._reduced(tree, known) if isinstance(tree, And | Or) else tree
        return found

    def _reduced(self, tree: And | Or, known: Known) -> Residue:
        ends = isinstance(tree, Or)
        rest: list[Node] = []
        for operand in tree.operands:
            value = known.get(id(operand))
            if value is None:
                value = self.left(operand, known)
            if value is ends:
                return ends
            if not isinstance(value, bool):
                rest.append(value)
        if len(rest) < 2:
            return rest[0] if rest else not ends
        return self._joined(type(tree), rest)

    def _joined(self, kind: type[And | Or], operands: Sequence[Node]) -> Node:
        key = (kind, *map(id, operands))
        made = self.made.get(key)
        if made is None:
            made = self.made[key] = kind(tuple(operands))
        return made
