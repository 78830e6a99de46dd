import pytest

from casework.core.pointer import pointer


@pytest.mark.parametrize(
    ("path", "text"), [((), ""), (("a", 0, "b"), "/a/0/b"), (("a/b", "m~n", ""), "/a~1b/m~0n/"), (("~1",), "/~01")]
)
def test_a_pointer_escapes_what_would_be_read_as_a_step(path, text):
    assert pointer(path) == text
