"""Walking the tree: a node's children, copies, searches, and rewriting in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, TypeVar

from stapy.compiler import tree

N = TypeVar("N", bound=tree.Node)

# What hangs on a node without being part of it: annotations, and tokens.
_NOT_CHILDREN = frozenset(
    (
        "token",
        "type",
        "ctype",
        "referent",
        "referents",
        "locals",
        "notes",
        "format",
        "result",
        "key_types",
        "declared_type",
        "declared_result",
    )
)
_SCALARS = ("str", "int", "bool", "list[int]", "str | None", "int | None", "int | str", "Any", "Type")


_child_fields: dict[type[tree.Node], tuple[str, ...]] = {}
_every_field: dict[type[tree.Node], tuple[tuple[str, bool], ...]] = {}


def child_fields(kind: type[tree.Node]) -> tuple[str, ...]:
    """The names of the fields of ``kind`` that hold nodes or lists of nodes, in the order written."""
    known = _child_fields.get(kind)
    if known is None:
        known = tuple(f.name for f in fields(kind) if f.name not in _NOT_CHILDREN and f.type not in _SCALARS)
        _child_fields[kind] = known
    return known


def children(node: tree.Node) -> list[tree.Node]:
    """The nodes right below ``node``."""
    found: list[tree.Node] = []
    names = _child_fields.get(type(node))
    for name in child_fields(type(node)) if names is None else names:
        value = getattr(node, name)
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, tree.Node)]
        elif isinstance(value, tree.Node):
            found.append(value)
    return found


def descend(node: tree.Node) -> Iterator[tree.Node]:
    """``node`` and everything below it, parents first."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        below = children(current)
        if below:
            stack.extend(reversed(below))


def contains(node: tree.Node, kinds: type | tuple[type, ...]) -> bool:
    """Whether a node of one of ``kinds`` is ``node`` or below it."""
    return any(isinstance(found, kinds) for found in descend(node))


def _all_fields(kind: type[tree.Node]) -> tuple[tuple[str, bool], ...]:
    known = _every_field.get(kind)
    if known is None:
        nodes = child_fields(kind)
        known = _every_field[kind] = tuple((f.name, f.name in nodes) for f in fields(kind))
    return known


def clone(node: N) -> N:
    """A copy of ``node`` and all below it; tokens and annotations are shared."""
    kind = type(node)
    copy = kind.__new__(kind)
    for name, holds_nodes in _all_fields(kind):
        value = getattr(node, name)
        if holds_nodes and value is not None:
            if isinstance(value, tree.Node):
                value = clone(value)
            elif isinstance(value, list):
                value = [clone(item) if isinstance(item, tree.Node) else item for item in value]
        elif name == "referents":
            value = list(value)
        setattr(copy, name, value)
    return copy


Method = Callable[[Any, tree.Node], Any]


class Visitor:
    """Calls ``visit_<class>`` (in lower case) for a node, else visits its children."""

    _methods: dict[type[tree.Node], Method]

    def __init_subclass__(cls) -> None:
        cls._methods = {}

    def visit(self, node: tree.Node) -> Any:
        kind = type(node)
        method = self._methods.get(kind)
        if method is None:
            found: Method = getattr(type(self), "visit_" + kind.__name__.lower(), type(self).visit_children)
            self._methods[kind] = method = found
        return method(self, node)

    def visit_children(self, node: tree.Node) -> None:
        for child in children(node):
            self.visit(child)


class Rewriter:
    """Replaces nodes: ``rewrite`` gives what stands in a node's place; itself where there is no ``rewrite_<class>``."""

    _methods: dict[type[tree.Node], Method]

    def __init_subclass__(cls) -> None:
        cls._methods = {}

    def rewrite(self, node: tree.Node) -> Any:
        kind = type(node)
        method = self._methods.get(kind)
        if method is None:
            found: Method = getattr(type(self), "rewrite_" + kind.__name__.lower(), type(self).rewrite_children)
            self._methods[kind] = method = found
        return method(self, node)

    def rewrite_children(self, node: tree.Node) -> Any:
        names = _child_fields.get(type(node))
        for name in child_fields(type(node)) if names is None else names:
            value = getattr(node, name)
            if isinstance(value, tree.Node):
                replaced = self.rewrite(value)
                if replaced is not value:
                    setattr(node, name, replaced)
            elif isinstance(value, list):
                for place, item in enumerate(value):
                    if isinstance(item, tree.Node):
                        value[place] = self.rewrite(item)
        return node
