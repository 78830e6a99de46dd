"""What the sources must not say, found in their syntax trees: each rule takes a source and names what breaks it.

Reasons for exceptions stand where the exceptions are listed, in the test.
"""

import ast
import re
from collections.abc import Iterator

_WORDS = (
    r"select\b.+\bfrom\b",
    r"insert\s+into\b",
    r"update\s+\w+\s+set\s+\w+\s*=",
    r"delete\s+from\b",
    r"(create|alter|drop|truncate)\s+(table|index|database|sequence|system)\b",
    r"set_config\s*\(",
)
_SQL = re.compile("|".join(rf"\b{word}" for word in _WORDS), re.DOTALL)
_SHOUTED = re.compile(_SQL.pattern, re.DOTALL | re.IGNORECASE)
"""Small letters, or none at all: a sentence that begins with Select is none."""

_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*\Z")


def statements(source: str) -> Iterator[str]:
    """Texts that look like SQL, with their lines; what a docstring says is no statement."""
    tree = ast.parse(source)
    passed_over = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    passed_over |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for _, node in _with_function(tree, ""):
        text = _text(node)
        if text is not None and id(node) not in passed_over and _is_sql(text):
            yield f"line {getattr(node, 'lineno', 0)}: {' '.join(text.split())[:60]}"


def interpolations(source: str) -> Iterator[str]:
    """What f-strings put into their text but constants, as `function: expression`; what is raised may say anything."""
    tree = ast.parse(source)
    for function, node in _with_function(tree, ""):
        if isinstance(node, ast.FormattedValue) and not _is_constant(node.value):
            yield f"{function}: {ast.unparse(node.value)}"


def unguarded(source: str) -> Iterator[str]:
    """Public coroutines that are given a connection but neither a grant nor a workspace, or that do not look at it."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
            names = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
            if "connection" not in names:
                continue
            guards = names & {"grant", "workspace_id"}
            used = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
            if not guards:
                yield node.name
            elif not guards & used:
                yield f"{node.name} (looks at no {' or '.join(sorted(guards))})"


def imports(source: str) -> set[str]:
    """The modules that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def _is_sql(text: str) -> bool:
    shouted = _SHOUTED.search(text)
    return _SQL.search(text) is not None or (shouted is not None and shouted[0].split()[0].isupper())


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return None


def _with_function(node: ast.AST, function: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node with the name of the function that it stands in; but for those of what is raised."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Raise):
            continue
        inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        yield inner, child
        yield from _with_function(child, inner)


def _is_constant(value: ast.expr) -> bool:
    name = value.attr if isinstance(value, ast.Attribute) else value.id if isinstance(value, ast.Name) else ""
    return _CONSTANT.match(name) is not None
