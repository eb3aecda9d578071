"""Imports point one way, and the engine stands on the standard library alone."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "assessment"

LAYERS = (
    {"engine", "release"},
    {"protocols", "records"},
    {"proof"},
    {"exports"},
    {"screening"},
    {"practice", "measure"},
    {"web", "one_line"},
    {"cli_given", "cli_installation", "doctor"},
    {"cli_check", "cli_clinic", "cli_doctor", "cli_keys", "cli_measure"},
    {"cli"},
    {"start"},
)
"""From the bottom: a layer may import itself and any layer below it, not its neighbour."""

WITHIN = {
    "web": (
        {"server"},
        {"html"},
        {"walk"},
        {"intake", "clinic", "site", "api", "monitoring"},
        {"factory", "worker", "listening"},
        {"gunicorn_server"},
        {"serve"},
    ),
    "practice": (
        {"background", "cooldown", "name_search", "draining", "events", "figures"},
        {"following", "turns"},
        {"staff", "intake"},
        {"post", "responses"},
        {"hooks", "keeping", "day", "returning"},
        {"practice"},
        {"jobs"},
    ),
}
"""The same within a package: its folders, and the modules beside them."""

FILES = sorted(PACKAGE.rglob("*.py"))


def layer_of(path: Path) -> str:
    """`engine` for assessment/engine/answers.py, `cli` for assessment/cli.py."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def height(layer: str) -> int:
    [found] = [number for number, layers in enumerate(LAYERS) if layer in layers]
    return found


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file it does so."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            assert node.module is not None
            if node.module != "assessment":
                yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own(module: str) -> str | None:
    """The layer of a module of ours."""
    first, _, rest = module.partition(".")
    return rest.split(".")[0] if first == "assessment" else None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    if path == PACKAGE / "__init__.py":
        return
    layer = layer_of(path)
    used = {name for module in imported(path) if (name := own(module)) is not None}

    assert [name for name in used - {layer} if height(name) >= height(layer)] == []


@pytest.mark.parametrize("package", WITHIN)
def test_imports_within_a_package_point_one_way_too(package: str) -> None:
    floors = WITHIN[package]
    floor = {name: number for number, names in enumerate(floors) for name in names}
    wrong = []
    for path in sorted((PACKAGE / package).rglob("*.py")):
        here = path.relative_to(PACKAGE / package).parts[0].removesuffix(".py")
        if here == "__init__":
            continue
        for module in imported(path):
            _, _, inside = module.partition(f"assessment.{package}.")
            there = inside.split(".")[0]
            if there and there != here and floor[there] >= floor[here]:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {module}")

    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {module_name(path): path for path in FILES}
    graph = {
        name: {found for one in imported(path) if (found := nearest(one, modules))} - {name}
        for name, path in modules.items()
    }

    TopologicalSorter(graph).prepare()


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def nearest(name: str, modules: Mapping[str, Path]) -> str | None:
    """The module of ours that is imported: `name`, or what holds the name."""
    return next((one for one in (name, name.rpartition(".")[0]) if one in modules), None)


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "engine").glob("*.py")), ids=lambda path: path.name
)
def test_the_engine_imports_the_standard_library_alone(path: Path) -> None:
    others = [module for module in imported(path) if own(module) is None]
    pure = sys.stdlib_module_names - {"datetime", "time", "os", "pathlib", "random", "socket", "io"}

    assert [module for module in others if module.split(".")[0] not in pure] == []


@pytest.mark.parametrize(
    ("layer", "forbidden"),
    [
        ("protocols", {"flask", "wtforms", "click"}),
        ("records", {"flask", "wtforms", "click", "yaml", "pydantic", "argon2"}),
        ("exports", {"flask", "wtforms", "click", "yaml"}),
        ("screening", {"flask", "wtforms", "click", "yaml"}),
        ("practice", {"flask", "wtforms", "click", "yaml"}),
        ("web", {"yaml", "click"}),
        ("cli_clinic", {"flask", "wtforms", "yaml"}),
        ("cli_keys", {"flask", "wtforms", "yaml"}),
        ("cli_installation", {"flask", "wtforms", "yaml"}),
        ("cli", {"flask", "wtforms", "yaml"}),
    ],
)
def test_only_the_web_knows_http_and_only_protocols_know_yaml(
    layer: str, forbidden: set[str]
) -> None:
    used = {
        module.split(".")[0]
        for path in FILES
        if layer_of(path) == layer
        for module in imported(path)
    }

    assert used
    assert used & forbidden == set()


def test_only_records_know_the_database() -> None:
    known = {"sqlalchemy", "alembic", "psycopg", "sqlite3"}
    used = {
        layer_of(path)
        for path in FILES
        for module in imported(path)
        if module.split(".")[0] in known
    }

    assert used == {"records"}


OWN = ("own_questions", "own_answers", "own_tables", "questionnaire", "own_form")
"""Modules that hold what a clinic asks of its own accord, and what was answered."""

KNOW_OWN = {
    "exports": {"response_json"},
    "practice": {"intake", "opened", "practice", "questionnaire", "said_before", "submission"},
    "records": {"own_answers", "own_questions", "resealing", "upgrade"},
    "web": {
        "answer_models", "own_form", "question_pages", "questions", "response_pages", "routes",
        "send", "send_form", "send_pages",
    },
}  # fmt: skip


MEASURED = ("measures", "measure_tables", "measured", "measure_form")
"""Modules that hold the short measures before and after a visit."""


def who_know(modules: tuple[str, ...]) -> dict[str, set[str]]:
    """The modules that import one of these, by layer."""
    found: dict[str, set[str]] = {}
    for path in FILES:
        if any(part in modules for module in imported(path) for part in module.split(".")):
            found.setdefault(layer_of(path), set()).add(path.stem)
    return found


def test_nothing_that_decides_or_is_proven_knows_what_a_clinic_asks_of_its_own() -> None:
    assert who_know(OWN) == KNOW_OWN


def test_nothing_that_decides_or_is_proven_knows_a_measure() -> None:
    assert set(who_know(MEASURED)) == {"exports", "practice", "records", "web"}


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("__init__.py")), ids=lambda path: path.parent.name
)
def test_a_package_is_nothing_but_its_docstring(path: Path) -> None:
    [only] = ast.parse(path.read_text(encoding="utf-8")).body

    assert isinstance(only, ast.Expr)
    assert isinstance(only.value, ast.Constant)
    assert isinstance(only.value.value, str)


def test_every_part_has_its_layer() -> None:
    parts = {layer_of(path) for path in FILES} - {"__init__"}

    assert parts <= set().union(*LAYERS)
    assert {"engine", "protocols", "records", "screening", "practice", "web", "cli"} <= parts
