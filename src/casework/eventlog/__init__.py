"""Process event logs: reading them as a stream (XES, CSV), and discovering the workflow they tell of.

source     a file, whatever it is written in      open_log, check
xes table  the two formats                        read_xes, read_csv
steps      what was done, out of the events       performed
discovery  a definition, out of the cases         discover
"""

from casework.eventlog.discovery import Discovered, discover
from casework.eventlog.errors import LogProblem
from casework.eventlog.event import Case, Event
from casework.eventlog.source import Summary, check, open_log
from casework.eventlog.steps import Performed, performed
from casework.eventlog.table import read_csv
from casework.eventlog.xes import read_xes

__all__ = [
    "Case",
    "Discovered",
    "Event",
    "LogProblem",
    "Performed",
    "Summary",
    "check",
    "discover",
    "open_log",
    "performed",
    "read_csv",
    "read_xes",
]
