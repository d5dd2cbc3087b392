"""What a plugin's module has beside the classes of its resources, for the stub that stands before it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Final

__all__ = ["own_names"]

#: What resolves names at run time, which the stub has one by one.
_RESOLVER: Final = "__getattr__"


def own_names(source: str) -> str:
    """Return a module as a stub says it: without bodies, hooks, and what looks up the classes; empty if that is all.

    Args:
        source: the text of the module.
    """
    tree = _WithoutBodies().visit(ast.parse(source))
    kept = [each for each in tree.body if not _left_out(each)]
    if all(isinstance(each, (ast.Import, ast.ImportFrom)) for each in kept):
        return ""
    return "\n".join(ast.unparse(ast.fix_missing_locations(each)) for each in kept)


def _left_out(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__" or any(each.asname == _RESOLVER for each in node.names)
    if isinstance(node, ast.FunctionDef):
        return node.name == _RESOLVER or _is_hook(node.decorator_list)
    if isinstance(node, ast.Assign):
        return any(isinstance(each, ast.Name) and each.id in {_RESOLVER, "__all__"} for each in node.targets)
    return isinstance(node, ast.Expr)  # its docstring, or what it does when it is imported


def _is_hook(decorators: Iterable[ast.expr]) -> bool:
    called = (each.func if isinstance(each, ast.Call) else each for each in decorators)
    return any(ast.unparse(each).rpartition(".")[2] == "hookimpl" for each in called)


class _WithoutBodies(ast.NodeTransformer):
    """Leaves of a function what can be seen from outside."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.body = _shown(node)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        node.body = _shown(node)
        return node


def _shown(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
    return [node.body[0] if ast.get_docstring(node) is not None else ast.Expr(ast.Constant(...))]
