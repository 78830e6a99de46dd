"""The page about starting work, run as it stands: its files written, its commands given to a shell."""

import json
import re

from tests.docs.page import Page

PAGE = Page("starting-work")
FILES = {"yaml": "orders.yaml", "jsonl": "orders.jsonl", "csv": "orders.csv"}


def test_every_example_does_what_the_page_says(desk, tmp_path):
    for language, name in FILES.items():
        (text,) = PAGE.blocks(language)
        (tmp_path / name).write_text(text)
    printed = PAGE.run(desk, tmp_path)
    assert "30 8 * * MON-FRI\tEurope/Berlin" in printed
    assert re.search(r'^\{"runId":\d+\}', printed, re.MULTILINE)
    assert "2 started, 0 were there, 0 refused." in printed
    assert "0 started, 0 were there, 2 refused." in printed
    refused = [json.loads(line) for line in printed.splitlines() if line.startswith('{"line"')]
    assert [(one["line"], one["problems"][0]["path"]) for one in refused] == [(2, "/input/order"), (3, "/input/order")]
    runs = desk.json("runs", "list")["items"]
    assert {"order": "A-17", "event": "paid"} in [one["input"] for one in runs]
    assert {"order": "daily"} in [one["input"] for one in runs]
    assert {"Order B-1", "Orders"} <= {one["title"] for one in runs}
