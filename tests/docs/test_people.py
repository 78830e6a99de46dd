"""The page about people's tasks, run as it stands: its files written and applied, its commands given to a shell."""

from tests.cli.command import until
from tests.cli.test_worker import worker
from tests.docs.page import Page

PAGE = Page("people")


def test_every_example_does_what_the_page_says(desk, tmp_path):
    for path in PAGE.write_named(tmp_path):
        assert desk("apply", path).code == 0
    printed = PAGE.run(desk, tmp_path)
    assert '"holidays":["2026-12-25","2026-12-26"]' in printed
    (run,) = [one for one in desk.json("runs", "list")["items"] if one["title"] == "Waits"]

    def is_handed_out() -> bool:
        (found,) = desk.json("activities", "list", "--run", run["id"])["items"]
        return bool(found["status"] == "assigned")

    with worker(desk.database_url):
        until(is_handed_out)
