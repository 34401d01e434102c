"""Every row of the table of `protocol.md` §4.4 has its tests: this one says which rows nobody tests.

A test names its row at the head of its name (`test_b09_…`), of a parameter or key (`"S06 no signature"`), in its
docstring ("B12: …"), or in that of its file.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
TABLE = {
    "S": "01 02 03 04 05 06 07 08 09 11 12 13 15 16 17 18 20 21 22 25 26 27 29 30 32 33 34",
    "B": "01 02 03 05 06 08 09 11 12 14 15 16 18 19 20 21 23 24 25 26",
    "N": "01 02 03 05 06 07 08 10 11 13 15 17",
    "P": "01 02 04 05 06 08 09 11 13",
    "A": "01 02 04 07 09 10 11 12 14 15",
}
ROWS = [f"{section}{number}" for section, numbers in TABLE.items() for number in numbers.split()]
NAME = re.compile(r"test_([sbnpa]\d\d)(?:_|$)")
HEAD = re.compile(r"^([SBNPA]\d\d)\b")
IN_DOCSTRING = re.compile(r"\b([SBNPA]\d\d)\b")


def named_in(path: Path) -> Iterator[str]:
    """Yield the rows that the tests of a file name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from IN_DOCSTRING.findall(ast.get_docstring(tree) or "")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from (row.upper() for row in NAME.findall(node.name))
            if node.name.startswith("test_"):
                yield from IN_DOCSTRING.findall(ast.get_docstring(node) or "")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from HEAD.findall(node.value)


TESTED = {row for path in TESTS.rglob("test_*.py") if path != Path(__file__) for row in named_in(path)}


@pytest.mark.parametrize("row", ROWS)
def test_row_has_a_test(row: str) -> None:
    assert row in TESTED
