"""The page about workers: its workflow is applied and its limits set as it stands, and hold."""

from tests.docs.page import Page

PAGE = Page("workers")


def test_the_limits_of_the_page_are_kept(desk, tmp_path):
    (definition,) = PAGE.blocks("yaml")
    (tmp_path / "notify.yaml").write_text(definition)
    printed = PAGE.run(desk, tmp_path, CASEWORK_DATABASE_URL=desk.database_url)
    assert '{"concurrency":20,"rate":null}' in printed
