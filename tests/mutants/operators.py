"""Small faults, made one at a time in the syntax tree of a module.

mutmut leaves decorated functions (every property) and all that stands at the top of a module (tables,
registries, patterns) as they are, and much of what decides here is one or the other.
"""

from __future__ import annotations

import ast
import copy
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

FLIPPED: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt), ast.And: (ast.Or,), ast.Or: (ast.And,),
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,),
    ast.BitOr: (ast.BitAnd,), ast.BitAnd: (ast.BitOr,),
}  # fmt: skip
OTHER_NAMES = {"any": "all", "all": "any", "min": "max", "max": "min", "sorted": "list"}
OTHER_NAMES |= {"reversed": "list", "startswith": "endswith", "endswith": "startswith"}
WITH_DEFAULT = {"get", "pop", "next", "getattr"}  # what they give where there is nothing
REMOVED = (ast.Expr, ast.AugAssign, ast.Raise, ast.Return, ast.Continue, ast.Break, ast.Delete)
NOT_MUTATED = {"annotation", "returns", "decorator_list", "ctx"}
Step = tuple[str, int | None]  # field of a node, and place in it


@dataclass(frozen=True)
class Mutant:
    """One fault: in which function or class, at which line, what instead of what.

    Names are told apart by a number and hold no lines, which move. Without `new` there is none.
    """

    where: str
    line: int
    what: str
    tree: ast.Module
    path: tuple[Step, ...] = ()
    new: ast.AST | None = None

    @property
    def name(self) -> str:
        return f"{self.where}: {self.what}"

    def made(self) -> ast.Module:
        """The module with the fault in it."""
        changed = copy.deepcopy(self.tree)
        if self.new is not None:
            _replace(changed, self.path, self.new)
        return ast.fix_missing_locations(changed)


def mutants(source: str) -> Iterator[Mutant]:
    """All faults of a module."""
    tree = ast.parse(source)
    seen: Counter[tuple[str, str]] = Counter()
    for path, where, node in list(_walk(tree, (), "")):
        for new in _instead(node):
            what = f"{_text(node)} -> {_text(new)}"
            seen[where, what] += 1
            if (number := seen[where, what]) > 1:
                what += f" #{number}"
            yield Mutant(where, getattr(node, "lineno", 0), what, tree, path, new)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Pass):
        return "nothing"
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}"
    return " ".join(ast.unparse(node).split())[:160]


def _walk(
    node: ast.AST, path: tuple[Step, ...], where: str
) -> Iterator[tuple[tuple[Step, ...], str, ast.AST]]:
    """Nodes that may be changed, with the way to them and the function that they stand in."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        where = f"{where}.{node.name}" if where else node.name
    for field, value in ast.iter_fields(node):
        if field in NOT_MUTATED:
            continue
        for place, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(child, ast.AST) or _is_left(node, field, child):
                continue
            step = (*path, (field, place))
            yield step, where or "module", child
            yield from _walk(child, step, where)


def _is_left(parent: ast.AST, field: str, child: ast.AST) -> bool:
    """What says nothing of what is done: words for readers, imports, names of types, targets."""
    if isinstance(child, ast.Expr):
        return isinstance(child.value, ast.Constant)
    if isinstance(child, ast.Assign):
        names = {name.id for name in child.targets if isinstance(name, ast.Name)}
        if "__all__" in names:
            return True
        value = child.value
        maker = value.func if isinstance(value, ast.Call) else None
        new_type = isinstance(maker, ast.Name) and maker.id in ("NewType", "TypeVar")
        return new_type or (isinstance(value, ast.Subscript) and _is_type(value))
    if isinstance(child, ast.JoinedStr):
        return False
    if isinstance(parent, ast.JoinedStr) and isinstance(child, ast.Constant):
        return True
    return isinstance(child, (ast.Import, ast.ImportFrom)) or field in ("targets", "target")


def _is_type(value: ast.Subscript) -> bool:
    known = (
        "tuple list dict set frozenset Mapping Sequence Callable Iterable Literal Counter NDArray"
    )
    return ast.unparse(value.value).rpartition(".")[2] in known.split()


def _replace(tree: ast.AST, path: tuple[Step, ...], new: ast.AST) -> None:
    *before, (field, place) = path
    for name, index in before:
        value = getattr(tree, name)
        tree = value if index is None else value[index]
    if place is None:
        setattr(tree, field, new)
    else:
        getattr(tree, field)[place] = new


def _without(node: ast.AST, field: str, place: int) -> ast.AST:
    """The node without one of several parts."""
    new = copy.deepcopy(node)
    del getattr(new, field)[place]
    return new


def _instead(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in place of a node."""
    if isinstance(node, REMOVED):
        yield ast.Pass()
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node.value)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.BinOp):
        for other in FLIPPED.get(type(node.op), ()):
            yield ast.BinOp(node.left, other(), node.right)  # type: ignore[arg-type]
    elif isinstance(node, ast.Compare):
        for place, op in enumerate(node.ops):
            for other in FLIPPED[type(op)]:
                ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)  # type: ignore[arg-type]
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(FLIPPED[type(node.op)][0](), node.values)  # type: ignore[arg-type]
        for place, _ in enumerate(node.values):
            rest = _without(node, "values", place)
            yield rest if len(node.values) > 2 else rest.values[0]  # type: ignore[attr-defined]
    elif isinstance(node, ast.IfExp) or (
        isinstance(node, (ast.If, ast.While)) and not isinstance(node.test, ast.Compare)
    ):
        new = copy.copy(node)
        new.test = ast.UnaryOp(ast.Not(), node.test)
        yield new
    elif isinstance(node, ast.comprehension):
        yield from (_without(node, "ifs", place) for place, _ in enumerate(node.ifs))
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)) and len(node.elts) > 1:
        yield from (_without(node, "elts", place) for place, _ in enumerate(node.elts))
    elif isinstance(node, ast.Dict) and len(node.keys) > 1:
        for place, _ in enumerate(node.keys):
            yield _without(_without(node, "keys", place), "values", place)
    elif isinstance(node, ast.Call):
        yield from _other_calls(node)
    elif isinstance(node, ast.JoinedStr):
        yield from _other_patterns(node)
    elif isinstance(node, ast.YieldFrom):
        yield ast.YieldFrom(ast.Tuple([], ast.Load()))


def _other_constants(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant(f"XX{value}XX" if value else "XX")


def _other_calls(node: ast.Call) -> Iterator[ast.AST]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    for place, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield _without(node, "keywords", place)
    if name in OTHER_NAMES:
        new = copy.deepcopy(node)
        if isinstance(new.func, ast.Name):
            new.func.id = OTHER_NAMES[name]
            if OTHER_NAMES[name] == "list":
                new.keywords = []
        elif isinstance(new.func, ast.Attribute):
            new.func.attr = OTHER_NAMES[name]
        yield new
    if name in WITH_DEFAULT and len(node.args) > 1:
        yield _without(node, "args", len(node.args) - 1)
    if name == "strip" and isinstance(node.func, ast.Attribute):
        yield node.func.value
    if name == "compile" and node.args and isinstance(node.args[0], ast.Constant):
        for pattern in _shorter(str(node.args[0].value)):
            yield ast.Call(node.func, [ast.Constant(pattern), *node.args[1:]], node.keywords)


def _other_patterns(node: ast.JoinedStr) -> Iterator[ast.AST]:
    """Patterns that are put together, each without one of their signs."""
    if not any("[" in str(getattr(part, "value", "")) for part in node.values):
        return
    for place, part in enumerate(node.values):
        if isinstance(part, ast.Constant):
            for text in _shorter(str(part.value)):
                new = copy.deepcopy(node)
                new.values[place] = ast.Constant(text)
                yield new


def _shorter(pattern: str) -> Iterator[str]:
    for found in re.finditer(r"\\.|.", pattern, re.DOTALL):
        yield pattern[: found.start()] + pattern[found.end() :]
