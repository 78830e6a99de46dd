import pytest

from casework.core.chat import CONTENT_MAX, SUMMARY_TAKEN_MAX, TITLE_TAKEN_MAX, Standing, spoken, summary_of, title_of


def test_a_title_is_the_first_line_of_what_was_said():
    assert title_of("  Where is\n my order? ") == "Where is my order?"
    assert title_of("word " * 40).endswith("…")
    assert len(title_of("x" * 500)) == TITLE_TAKEN_MAX


@pytest.mark.parametrize(
    ("standing", "summary"),
    [
        ({}, ""),
        ({"workflow": "Support"}, "Support."),
        ({"workflow": "Support", "task": "Review"}, "Support: Review."),
        ({"speaker": "Triage", "words": "It left\n on Monday."}, "Triage: It left on Monday."),
        ({"words": "It left."}, "It left."),
        ({"speaker": "Triage", "words": " \n"}, ""),
        (
            {"workflow": "Support", "task": "Review", "speaker": "Triage", "words": "It left."},
            "Support: Review. Triage: It left.",
        ),
    ],
)
def test_a_summary_says_where_a_chat_stands_and_what_was_answered(standing, summary):
    assert summary_of(Standing(**standing)) == summary


def test_a_summary_is_no_longer_than_a_few_lines():
    summary = summary_of(Standing(workflow="Support", words="word " * 200))
    assert len(summary) <= SUMMARY_TAKEN_MAX
    assert summary.endswith("word…")


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
