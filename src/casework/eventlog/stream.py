"""The bytes of a file, unpacked if need be and counted, as a stream that cannot be a bomb."""

import gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from casework.eventlog.errors import LogProblem

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# Read and progress told in pieces of this size.
PIECE_BYTES: Final = 65_536
# The largest published logs unpack to some 2 GB; ten times that is hours of work, and more is no log.
UNPACKED_BYTES_MAX: Final = 20 * 1024**3
# Real logs pack 20 to 50 times, made-up ones of equal events some 100 times; a bomb nears deflate's bound of 1,032.
RATIO_MAX: Final = 250
# Small files may pack as well as they like: there is no harm in them.
RATIO_FREE_BYTES: Final = 64 * 1024**2

Progress = Callable[[int, int], None]

_GZIP: Final = b"\x1f\x8b"


def open_bytes(path: Path, progress: Progress | None = None) -> io.BufferedReader:
    """The file's bytes, out of gzip if they are in it; `progress(read, total)` counts those of the file itself.

    Raises:
        LogProblem: there is no such file; and, while reading, when it is cut off, damaged or a bomb.
    """
    try:
        packed = _Counted(path, progress)
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise LogProblem(f"{path} cannot be opened ({reason}): choose a file that can be read.") from error
    piped = io.BufferedReader(packed, PIECE_BYTES)
    inner = gzip.GzipFile(fileobj=piped, mode="rb") if piped.peek(2).startswith(_GZIP) else piped
    return io.BufferedReader(_Guarded(cast("BinaryIO", inner), packed), PIECE_BYTES)


class _Counted(io.FileIO):
    """A file that tells how much of it has been read."""

    def __init__(self, path: Path, progress: Progress | None) -> None:
        super().__init__(path)
        self.total = path.stat().st_size
        self.count = 0
        self._progress = progress

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        count = super().readinto(buffer)
        self.count += count
        if self._progress is not None and count:
            self._progress(self.count, self.total)
        return count


class _Guarded(io.RawIOBase):
    """What comes out of the file, with its lines counted, its size bounded and its faults told as problems."""

    def __init__(self, inner: BinaryIO, packed: _Counted) -> None:
        self._inner = inner
        self._packed = packed
        self._count = 0
        self._line = 1

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        try:
            piece = self._inner.read(memoryview(buffer).nbytes)
        except EOFError as error:
            raise LogProblem("The file is cut off here: fetch it again.", self._line) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise LogProblem(f"The file is damaged here ({error}): fetch it again.", self._line) from error
        self._count += len(piece)
        self._line += piece.count(b"\n")
        self._check_size()
        memoryview(buffer).cast("B")[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            self._packed.close()
        super().close()

    def _check_size(self) -> None:
        if self._count > UNPACKED_BYTES_MAX:
            limit = f"The file unpacks to more than {UNPACKED_BYTES_MAX:,} bytes"
            raise LogProblem(f"{limit}: split the log.", self._line)
        if self._count > RATIO_FREE_BYTES and self._count > RATIO_MAX * self._packed.count:
            limit = f"The file unpacks to more than {RATIO_MAX} times its size"
            raise LogProblem(f"{limit}, as no real log does: unpack it yourself if you trust it.", self._line)
