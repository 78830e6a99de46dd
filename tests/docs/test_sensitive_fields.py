"""The page about sensitive fields, run as it stands: its file written and applied, its commands given to a shell."""

import yaml

from casework.core.parse import parse
from casework.core.version import compile_version
from tests.docs.page import Page

PAGE = Page("sensitive-fields")


def test_the_example_shows_a_case_to_one_and_hides_it_from_the_other(desk, tmp_path):
    whole, _ = PAGE.blocks("yaml")
    (tmp_path / "visit.yaml").write_text(whole)
    everything, hidden = PAGE.run(desk, tmp_path).strip().splitlines()[-2:]
    assert ('"reason":"Cough"' in everything, '"reason":"[hidden]"' in hidden) == (True, True)
    assert '"patient":"P-1"' in hidden
    assert "Cough" not in hidden


def test_the_agent_of_the_page_is_told_what_it_names():
    whole, agent = PAGE.blocks("yaml")
    document = yaml.safe_load(whole)
    document["tasks"][0]["next"] = [{"to": "summarise"}]
    document["tasks"] += yaml.safe_load(agent)
    assert not compile_version(parse(document, media="value")).sensitive.is_blind("summarise")
