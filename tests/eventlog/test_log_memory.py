"""Reading takes no more memory of a long log than of a short one."""

import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from casework.eventlog import Summary, check

STATUS = Path("/proc/self/status")

XES_EVENT = """<event><string key="concept:name" value="Task {task}"/><string key="org:resource" value="R{task}"/>
<date key="time:timestamp" value="2024-01-01T10:00:00.{task:03}Z"/><string key="note" value="{n}"/></event>
"""

# The peak of a process of its own counts what libraries allocate too, and not only Python's objects.
PEAK = """
import sys
from casework.eventlog import discover, open_log
with open_log(sys.argv[1]) as cases:
    discover(cases, key="k", name="n", conditional=True)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def write_xes(path: Path, events: int) -> Path:
    with path.open("w") as file:
        file.write("<log>\n")
        for n in range(events):
            if n % 20 == 0:
                file.write(f'<trace><string key="concept:name" value="case {n}"/>\n')
            file.write(XES_EVENT.format(task=n % 7, n=n))
            if n % 20 == 19:
                file.write("</trace>\n")
        file.write("</log>\n")
    return path


def write_csv(path: Path, events: int) -> Path:
    """The rows of each case lie far apart."""
    with path.open("w") as file:
        file.write("case,task,time,resource,note\n")
        for n in range(events):
            file.write(f"case {n % (events // 20)},Task {n % 7},2024-01-01T10:00:00.{n % 7:03}Z,R{n % 7},{n}\n")
    return path


def peak_of(path: Path) -> tuple[Summary, int]:
    tracemalloc.start()
    try:
        return check(path), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("writer", [write_xes, write_csv])
def test_python_objects_stay_few_however_long_the_log(tmp_path, writer):
    _, few = peak_of(writer(tmp_path / "few", 2_000))
    summary, many = peak_of(writer(tmp_path / "many", 40_000))
    assert (summary.cases, summary.events, summary.tasks) == (2_000, 40_000, 7)
    ids = 200 * 2_000  # `check` remembers the id of each case to tell repeated ones
    assert many < few + ids + 500_000


@pytest.mark.slow
@pytest.mark.skipif(not STATUS.exists(), reason="NOT TESTED: the peak of a process is told by Linux only")
@pytest.mark.parametrize("writer", [write_xes, write_csv])
def test_a_process_takes_no_more_memory_for_200_000_events_than_for_20_000(tmp_path, writer):
    def peak_kilobytes(events: int) -> int:
        path = writer(tmp_path / f"{events}", events)
        run = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True)
        return int(run.stdout)

    assert peak_kilobytes(200_000) < peak_kilobytes(20_000) + 5_000
