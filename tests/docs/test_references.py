"""What is generated is what the code says, and what is linked is there."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = runpy.run_path(str(ROOT / "tools" / "reference.py"))["PAGES"]
KINDS = {"added", "changed", "fixed", "removed", "security"}
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]


@pytest.mark.parametrize("page", PAGES)
def test_a_reference_says_what_the_code_says(page):
    assert (ROOT / page).read_text() == PAGES[page](), "run `make docs`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    text = document.read_text()
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text) + re.findall(r'src(?:set)?="([^"]+)"', text)
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_a_change_is_one_line_in_a_file_that_says_its_kind():
    for path in (ROOT / "changes").iterdir():
        if path.name != "README.md":
            topic, kind, suffix = path.name.split(".")
            assert (bool(topic), kind in KINDS, suffix) == (True, True, "md"), path.name
            assert path.read_text().strip().count("\n") == 0, path.name
