"""A log that is not sound is refused in one sentence that names the line, and nothing at all is written."""

import gzip
import sys

import pytest

from casework.cli.main import main
from tests.history.logs import completions, xes

SOUND = completions(300)
LINES = SOUND.split(b"\n")
BOMB = b'<?xml version="1.0"?>\n<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n' + b"\n".join(LINES[1:])

BROKEN = {
    "malformed": (b"\n".join([*LINES[:700], b"<event", *LINES[700:]]), "Line 70"),
    "truncated": (b"\n".join(LINES[:900]), "Line 900"),
    "truncated in gzip": (gzip.compress(SOUND)[:-200], "Line "),
    "not UTF-8": (SOUND.replace(b"Person 1", b"Pers\xf6n 1", 1), "Line "),
    "an entity bomb": (BOMB, "Line 2:"),
    "empty": (b"", "Line 1:"),
    "without events": (xes([("a case", [])]), "Line "),
    "a table without a time": (b"case,task\n1,Ask\n", "Line 1:"),
    "a table with a broken time": (b"case,task,time\n1,Ask,2024-02-04\n2,Ask,yesterday\n", "Line 3:"),
    "a table with a short row": (b"case,task,time\n1,Ask,2024-02-04\n2,Ask\n", "Line 3:"),
    "packed otherwise": (b"PK\x03\x04" + SOUND, "Line 1:"),
}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs `casework import` on a file; gives its exit code and what it said."""

    def imported(file, *arguments):
        data = tmp_path / "data"
        monkeypatch.setattr(
            sys, "argv", ["casework", "import", str(file), "--workspace", "any", "--data", str(data), *arguments]
        )
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert said.out == ""
        assert not data.exists()
        return ended.value.code, said.err

    return imported


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_log_changes_nothing(kind, write, run):
    content, line = BROKEN[kind]
    code, said = run(write(content))
    assert code == 1
    assert said.count("error:") == 1
    assert line in said
    assert "Traceback" not in said


def test_a_file_that_is_not_there_changes_nothing(tmp_path, run):
    code, said = run(tmp_path / "none.xes")
    assert code == 1
    assert "cannot be opened" in said


@pytest.mark.parametrize("arguments", [("--key", "Not a key"), ("--map", "nonsense"), ("--map", "a=case")])
def test_what_cannot_be_meant_is_refused_before_anything_is_done(arguments, write, run):
    code, said = run(write(SOUND), *arguments)
    assert code == 1
    assert "error:" in said


def test_a_name_that_no_task_can_have_is_refused(write, run):
    code, said = run(write(SOUND.replace(b"Answer", b"A" * 201)))
    assert code == 1
    assert "name" in said
