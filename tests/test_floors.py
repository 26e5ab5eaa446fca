"""The floors of the house: who may import from whom. Read from the source, so that nothing hides in a function."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "masthead"
FLOORS = [
    {"core"},
    {"press"},
    {"readers"},
    {"money", "newsroom"},
    {"giving"},
    {"membership"},
    {"appeals", "adverts", "letters", "calls"},
    {"openbooks"},
    {"web"},
]
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}


def imports_of(path: Path) -> Iterator[str]:
    return imports_in(path.read_text(), path)


def imports_in(source: str, path: Path) -> Iterator[str]:
    """Every module that `source` imports, at its top or in a function, relative names made whole."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield from (f"{module}.{name.name}" for name in node.names)


def room_of(module: str) -> str | None:
    """'money' for masthead.money.ledger; None outside the house."""
    house, _, rest = module.partition(".")
    return rest.partition(".")[0] if house == "masthead" else None


def sources(room: str) -> list[Path]:
    return sorted((HOUSE / room).rglob("*.py"))


def test_every_room_has_its_floor():
    rooms = {path.parent.name for path in HOUSE.glob("*/__init__.py")}

    assert rooms == set(LEVEL)


def test_the_drawing_of_the_floors_is_of_this_house():
    drawn = (ROOT / "docs/explanation/architecture.md").read_text().partition("## The floors\n\n```\n")[2]
    storeys = drawn.partition("```")[0].split("-" * 105)

    rooms = [{word for word in storey.split() if (HOUSE / word / "__init__.py").exists()} for storey in storeys]

    assert rooms == FLOORS[::-1]


@pytest.mark.parametrize("room", sorted(LEVEL))
def test_a_room_imports_only_from_itself_and_from_floors_below(room):
    reaches_up = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources(room)
        for module in imports_of(path)
        if (other := room_of(module)) in LEVEL and other != room and LEVEL[other] >= LEVEL[room]
    ]

    assert reaches_up == []


def test_a_reach_up_inside_a_function_would_be_found():
    source = "def pay():\n    from ..giving import pledges\n"

    assert list(imports_in(source, HOUSE / "money" / "payments.py")) == ["masthead.giving.pledges"]


def test_nothing_of_the_house_imports_the_practice_bank():
    known = {name.split(".")[0] for path in HOUSE.rglob("*.py") for name in imports_of(path)}

    assert "practice_bank" not in known


@pytest.mark.parametrize("module", ["masthead.press.front", "masthead.web.supervisor", "masthead.web.serving"])
def test_what_stands_in_front_loads_no_django(module):
    look = f"import sys, {module}; print([name for name in ('django', 'wagtail') if name in sys.modules])"

    loaded = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, cwd=ROOT)

    assert loaded.stdout.strip() == "[]"
