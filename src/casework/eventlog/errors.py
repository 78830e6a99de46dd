"""What is wrong with a log, in words its owner can act on."""


class LogProblem(Exception):
    """The log cannot be read as it is: the message says where and what to do.

    Attributes:
        message: one sentence without the line, ending in what to do.
        line: the line of the (unpacked) file the problem was met on, counted from 1; None when it is not of one line.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message, line)
        self.message = message
        self.line = line

    def __str__(self) -> str:
        return self.message if self.line is None else f"Line {self.line}: {self.message}"
