import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.core.duration import SECONDS_MAX, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("15m", 900),
        ("4h", 14_400),
        ("2d", 172_800),
        ("1w", 604_800),
        ("1h30m", 5_400),
        ("1w2d3h4m5s", 788_645),
        ("0s", 0),
        ("PT4H", 14_400),
        ("P1W", 604_800),
        ("P2DT30M", 174_600),
        ("PT1H30M5S", 5_405),
    ],
)
def test_a_duration_is_read(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "4", "h", "P", "PT", "P1DT", "4x", "-4h", "1.5h", "4 h", "30m1h", "PT4", "P1Y", "P1M", "4h\n", "٤h"]
)
def test_what_is_no_duration_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="is not a duration: write it like 90s"):
        parse_duration(text)


def test_a_duration_beyond_ten_years_is_refused():
    assert parse_duration(f"{SECONDS_MAX}s") == SECONDS_MAX
    with pytest.raises(ValueError, match="longest duration is ten years"):
        parse_duration(f"{SECONDS_MAX + 1}s")


def test_a_number_of_any_length_is_refused_at_once():
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration("9" * 100_000 + "s")


@settings(deadline=None)
@given(st.integers(0, SECONDS_MAX))
def test_what_is_written_reads_back_as_the_same_length(seconds):
    assert parse_duration(format_duration(seconds)) == seconds


@settings(deadline=None)
@given(st.text(max_size=20) | st.from_regex(r"P?T?([0-9]{1,12}[wdhmsWDHMS]){0,5}", fullmatch=True))
def test_any_text_is_a_bounded_duration_or_a_value_error(text):
    try:
        seconds = parse_duration(text)
    except ValueError:
        return
    assert 0 <= seconds <= SECONDS_MAX
