import pytest

from casework.core.chat import CONTENT_MAX, TITLE_TAKEN_MAX, spoken, title_of


def test_a_title_is_the_first_line_of_what_was_said():
    assert title_of("  Where is\n my order? ") == "Where is my order?"
    assert title_of("word " * 40).endswith("…")
    assert len(title_of("x" * 500)) == TITLE_TAKEN_MAX


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("Done.", "Done."),
        ({"say": "Done.", "n": 1}, "Done."),
        ({"n": 1}, None),
        ({"say": 5}, None),
        ("   ", None),
        (None, None),
        ([1], None),
    ],
)
def test_a_step_says_its_text_or_its_field(output, said):
    assert spoken(output) == said


def test_what_is_said_has_a_limit():
    assert len(spoken("x" * (CONTENT_MAX + 5))) == CONTENT_MAX
