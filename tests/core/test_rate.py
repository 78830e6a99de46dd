import pytest

from casework.core.rate import format_rate, parse_rate


@pytest.mark.parametrize(("text", "parts"), [("10/s", (10, 1)), ("100/m", (100, 60)), ("10000/d", (10_000, 86_400))])
def test_a_rate_is_read_and_written_back(text, parts):
    assert parse_rate(text) == parts
    assert format_rate(*parts) == text


@pytest.mark.parametrize("text", ["", "5", "5/w", "0/s", "10001/s", "-1/m", "1.5/m", "5/m "])
def test_what_is_no_rate_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="write it like 10/s"):
        parse_rate(text)
