"""The page for whoever is on call: its commands given to a shell, and every metric that it names is there."""

import re

import httpx

from tests.docs.page import Page

PAGE = Page("operating")


def test_every_command_does_what_the_page_says(desk, tmp_path):
    printed = PAGE.run(desk, tmp_path, DATABASE=desk.database_url)
    assert "monday.casework has " in printed
    assert "Restored." in printed
    assert (tmp_path / "restored" / "postgres").is_dir()


def test_every_metric_is_there_and_every_one_that_is_there_is_named(desk):
    named = set(re.findall(r"`(casework_\w+)`", PAGE.text))
    told = httpx.get(f"{desk.url}/metrics", headers={"authorization": f"Bearer {desk.made['api_key']}"})
    assert told.status_code == 200
    found = set(re.findall(r"^# TYPE (casework_\w+) ", told.text, re.MULTILINE))
    assert named == {name for name in found if not name.endswith("_created")}
