"""XML that comes from strangers: tags as a stream, and nothing a document could use against its reader.

No tree is built, no document type and so no entity is accepted, nothing outside the file is ever opened, and whatever
could make the parser's own memory grow (a tag without end, ever new names) has a limit.

The parser is expat: it knows the exact line of every tag, where libxml2 is a line or so off beyond line 65,535, and it
forgets a document's names with the document, where libxml2 keeps them for the life of the thread.
"""

import codecs
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final
from xml.parsers import expat

from casework.eventlog.errors import LogProblem

CHUNK_BYTES: Final = 65_536
# One tag with all its values, or one comment. The parser holds it whole and begins it anew with each chunk.
TOKEN_BYTES_MAX: Final = 1_048_576
# The names of elements and of their XML attributes, of which XES has some thirty; the parser keeps each it has met.
NAMES_MAX: Final = 10_000

_ENCODINGS: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})

Opens = Callable[[str, dict[str, str]], None]
Closes = Callable[[str], None]


class Markup:
    """A document being read: its tags call `opens(name, attributes)`, the name without namespace, and `closes`."""

    def __init__(self, stream: BinaryIO, *, opens: Opens, closes: Closes) -> None:
        self._stream = stream
        self._opens = opens
        # UTF-8 is imposed: what the document says of its encoding is compared with it and never followed.
        self._parser = expat.ParserCreate("utf-8", namespace_separator="}")
        self._parser.XmlDeclHandler = self._declare
        self._parser.StartDoctypeDeclHandler = self._refuse_document_type
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = closes

    @property
    def line(self) -> int:
        """The line of the tag being handled."""
        return self._parser.CurrentLineNumber

    def read(self) -> Iterator[None]:
        """Read on, chunk by chunk, pausing after each so that the caller can hand on what it has.

        Raises:
            LogProblem: the document is not well-formed, not in UTF-8, or has what is refused.
        """
        decoder = codecs.getincrementaldecoder("utf-8")()
        line, fed = 1, 0
        while chunk := self._stream.read(CHUNK_BYTES):
            _check_text(decoder, chunk, line)
            self._feed(chunk, final=False)
            line += chunk.count(b"\n")
            fed += len(chunk)
            self._limit(fed)
            yield
        self._feed(b"", final=True)
        yield

    def _feed(self, chunk: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            ending = "it ends too early; fetch or export it again" if final else "correct it or export it again"
            raise LogProblem(f"The XML is malformed here ({reason}): {ending}.", error.lineno) from error

    def _limit(self, fed: int) -> None:
        if fed - self._parser.CurrentByteIndex > TOKEN_BYTES_MAX + CHUNK_BYTES:
            limit = f"The tag or comment that begins here is longer than {TOKEN_BYTES_MAX:,} bytes"
            raise LogProblem(f"{limit}: shorten it or leave it out.", self.line)
        if len(self._parser.intern) > NAMES_MAX:
            raise LogProblem(f"The XML has more than {NAMES_MAX:,} different names: is it a log in XES?", self.line)

    def _declare(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise LogProblem(f"The file says it is in {encoding[:40]}: convert it to UTF-8.", self.line)

    def _refuse_document_type(self, *_: object) -> None:
        reason = "A document type (and the entities it could declare) is not accepted"
        raise LogProblem(f"{reason}: remove the DOCTYPE from the file.", self.line)

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._opens(name.rpartition("}")[2], attributes)


def _check_text(decoder: codecs.IncrementalDecoder, chunk: bytes, line: int) -> None:
    """Refuse, at its exact line, whatever in the chunk (which begins on the given line) does not go on in UTF-8."""
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError as error:
        line += error.object.count(b"\n", 0, error.start)
        raise LogProblem("There are bytes here that are not UTF-8: convert the file to UTF-8.", line) from error
    if (place := chunk.find(0)) >= 0:
        line += chunk.count(b"\n", 0, place)
        raise LogProblem("There is a zero byte here, so this is no text in UTF-8: convert the file to UTF-8.", line)
