"""The page about changing live work, run as it stands: its files written, its commands given to a shell."""

import re

import pytest

from casework.core.obstacles import OBSTACLES
from tests.docs.page import Page

PAGE = Page("changing-live-work")


def test_every_example_does_what_the_page_says(desk, tmp_path):
    PAGE.write_named(tmp_path)
    printed = PAGE.run(desk, tmp_path)
    for line in "".join(PAGE.blocks("text")).splitlines():
        assert line in printed
    assert "1\treview\tpay\toutput.amount <= 1000\tcheck\toutput.amount > 300\t1" in printed


@pytest.mark.parametrize("code", OBSTACLES)
def test_every_reason_is_told(code):
    assert re.search(rf"^\|.*`{code}`.*\|", PAGE.text, re.MULTILINE)
