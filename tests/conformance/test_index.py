"""README.md is the contract's index: it names every test here, under the line that the test is for, and no other."""

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
OWN = {"test_the_index_names_every_test_and_no_other"}


def test_the_index_names_every_test_and_no_other():
    written = {
        (path.name, node.name)
        for path in HERE.glob("test_*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name not in OWN
    }
    named = {
        (row[1], name)
        for row in re.finditer(r"^\|.*\*\*(test_\w+\.py)\*\*(.*)\|$", (HERE / "README.md").read_text(), re.MULTILINE)
        for name in re.findall(r"`(test_\w+)`", row[2])
    }

    assert (sorted(written - named), sorted(named - written)) == ([], [])
