"""Imports point down, stand at the top of their file, and the wire knows neither Flask nor the database.

The order is read from the imports themselves (`ast`), so that nothing has to be imported for the test and no import
hides in a function.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("flask_maillage", "inboxes", "actors", "federation")
"""From the top down: each may import itself and what stands after it."""
ROOMS = (
    "sample",
    "coalitions",
    "calls",
    "moderation",
    "publications",
    "standing",
    "files",
    "people",
    "mail",
    "territory",
    "web",
)
"""The packages inside `flask_maillage` below its door, from the top down."""
DOOR = frozenset(
    {
        "",
        "__main__",
        "admin",
        "app",
        "cli",
        "extension",
        "migrating",
        "migrations",
        "parts",
        "setting_list",
        "settings",
        "tables",
    }
)
"""What may import every room, and is imported by none; the empty name is `flask_maillage/__init__.py`."""
LEAVES = frozenset({"resources", "version"})
"""Modules of the door that know nothing of the network; every room may import them, and they import none of ours."""
PURE = frozenset({"flask", "flask_login", "flask_sqlalchemy", "flask_wtf", "sqlalchemy", "werkzeug", "wtforms"})
"""What `federation` knows nothing of."""


def files() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    """Return the dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in files()}


def imports(name: str) -> Iterator[tuple[str, int]]:
    """Yield what a module imports, as the dotted name of a module with the line; only-for-types imports too."""
    path = MODULES[name]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield (whole if whole in MODULES else base), node.lineno


def part_of(name: str) -> str:
    """Return the module or room directly inside `flask_maillage` that a module belongs to."""
    return [*name.split("."), ""][1]


def may_import(part: str, other: str) -> bool:
    """Tell whether one part of `flask_maillage` may import another."""
    if part == other or other in LEAVES:
        return True
    if part in DOOR:
        return True
    return part in ROOMS and other in ROOMS and ROOMS.index(other) > ROOMS.index(part)


@pytest.mark.parametrize("name", MODULES)
def test_packages_import_only_themselves_and_what_lies_below(name: str) -> None:
    package = name.partition(".")[0]
    above = PACKAGES[: PACKAGES.index(package)]

    assert [(found, line) for found, line in imports(name) if found.partition(".")[0] in above] == []


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("flask_maillage")])
def test_rooms_import_only_themselves_and_what_lies_below(name: str) -> None:
    ours = [(found, line) for found, line in imports(name) if found.partition(".")[0] == "flask_maillage"]

    assert [(found, line) for found, line in ours if not may_import(part_of(name), part_of(found))] == []


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("federation")])
def test_wire_knows_neither_flask_nor_the_database(name: str) -> None:
    assert [(found, line) for found, line in imports(name) if found.partition(".")[0] in PURE] == []


@pytest.mark.parametrize("name", MODULES)
def test_imports_stand_at_the_top_of_their_file(name: str) -> None:
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    within = [
        node.lineno
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda)
        for node in ast.walk(outer)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    by_name = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in DYNAMIC
    ]

    assert within + by_name == []


DYNAMIC = frozenset({"__import__", "import_module"})


def test_every_part_of_the_network_has_its_place_in_the_order() -> None:
    parts = {part_of(name) for name in MODULES if name.startswith("flask_maillage")}

    assert parts <= DOOR | LEAVES | set(ROOMS)


def test_modules_import_each_other_in_no_circle() -> None:
    graph = {name: {found for found, _ in imports(name) if found in MODULES and found != name} for name in MODULES}
    graph.pop("flask_maillage")  # the name that hosts import: it leads to everything, and nothing of ours leads to it
    for targets in graph.values():
        targets.discard("flask_maillage")
    while free := {name for name, targets in graph.items() if not targets}:
        graph = {name: targets - free for name, targets in graph.items() if name not in free}

    assert graph == {}


def test_nothing_of_ours_imports_the_names_that_are_for_hosts() -> None:
    for name in MODULES:
        source = ast.parse(MODULES[name].read_text(encoding="utf-8"))
        taken = {
            alias.name
            for node in ast.walk(source)
            if isinstance(node, ast.ImportFrom) and node.module == "flask_maillage" and not node.level
            for alias in node.names
        }
        assert not taken & {"Maillage", "create_app"}, name


def test_hosts_import_only_the_one_name() -> None:
    for path in (ROOT / "wsgi.py", *(ROOT / "examples").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            ours = {name for name in names if name.partition(".")[0] in PACKAGES}
            assert ours <= {"flask_maillage"}, path
