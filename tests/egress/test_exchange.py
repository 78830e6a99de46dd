"""An exchange ends in time, takes no more than it may, follows nothing, keeps nothing, and says what went wrong."""

import asyncio
import gzip
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import IPv4Address, ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from casework.clock import SystemClock
from casework.egress.caller import HEADERS_MAX, Answer, Caller, Message
from casework.egress.errors import (
    EgressError,
    Malformed,
    NotTrusted,
    TimedOut,
    TooLarge,
    Unreachable,
    Unsendable,
)
from casework.egress.policy import Places, Policy
from casework.egress.ranges import Address

ALLOWED = Policy(allow=Places.parse("127.0.0.0/8"))
Handle = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def peer(handle: Handle, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server of bytes; gives its port. What it is sent, up to the end of its headers, goes to `handle`."""

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handle(await reader.readuntil(b"\r\n\r\n"), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(met, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def saying(*parts: bytes) -> Handle:
    async def handle(_request: bytes, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return handle


def answering(body: bytes, *headers: str, status: str = "200 OK") -> Handle:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"content-length: {len(body)}", "connection: close", *headers])
    return saying(head.encode() + b"\r\n\r\n" + body)


async def ask(handle: Handle, **fields: object) -> Answer:
    async with peer(handle) as port, Caller(ALLOWED) as caller:
        wish = {"method": "GET", "url": f"http://127.0.0.1:{port}/", "seconds": 10.0, **fields}
        return await caller.send(Message(**wish))


async def refusal(handle: Handle, **fields: object) -> EgressError:
    with pytest.raises(EgressError) as caught:
        await ask(handle, **fields)
    return caught.value


async def endless(_request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        await writer.drain()


async def dripping(_request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def silent(_request: bytes, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def informing(_request: bytes, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0)


@pytest.mark.parametrize("handle", [dripping, silent, informing])
async def test_an_exchange_ends_in_time_however_much_trickles_in(handle: Handle):
    assert isinstance(await refusal(handle, seconds=0.3), TimedOut)


async def test_an_answer_without_end_is_left_at_the_limit():
    assert isinstance(await refusal(endless), TooLarge)


async def test_an_answer_is_taken_up_to_the_very_limit():
    assert len((await ask(answering(b"x" * 1000), bytes_max=1000)).body) == 1000
    assert isinstance(await refusal(answering(b"x" * 1001), bytes_max=1000), TooLarge)


@pytest.mark.parametrize(
    ("packing", "pack"), [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress)]
)
async def test_what_is_packed_is_unpacked_up_to_the_limit(packing: str, pack: Callable[[bytes], bytes]):
    packed = f"content-encoding: {packing}"
    assert (await ask(answering(pack(b"hello"), packed))).body == b"hello"
    bomb = pack(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    assert isinstance(await refusal(answering(bomb, packed)), TooLarge)


@pytest.mark.parametrize("packing", ["br", "gzip, gzip", "zstd", "compress"])
async def test_what_is_packed_in_another_way_is_refused(packing: str):
    assert isinstance(await refusal(answering(b"x", f"content-encoding: {packing}")), Malformed)


@pytest.mark.parametrize(
    "body", [b"no gzip at all", gzip.compress(b"hello" * 100, mtime=0)[:-20]], ids=["not packed", "cut off"]
)
async def test_what_is_not_packed_as_it_says_is_refused(body: bytes):
    assert isinstance(await refusal(answering(body, "content-encoding: gzip")), Malformed)


async def test_headers_are_limited_in_number_and_in_bytes():
    many = [f"x-{number}: 1" for number in range(HEADERS_MAX)]
    assert isinstance(await refusal(answering(b"", *many)), TooLarge)
    assert isinstance(await refusal(answering(b"", "x-long: " + "x" * 200_000)), Malformed)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_a_redirect_is_an_answer_and_is_not_followed(status: str):
    visits: list[bytes] = []

    async def note(request: bytes, writer: asyncio.StreamWriter) -> None:
        visits.append(request)
        await answering(b"")(request, writer)

    async with peer(note) as other:
        answer = await ask(answering(b"", f"location: http://127.0.0.1:{other}/", status=status))

    assert (answer.status, answer.is_success, visits) == (int(status[:3]), False, [])


async def test_no_cookie_is_kept():
    requests: list[bytes] = []

    async def note(request: bytes, writer: asyncio.StreamWriter) -> None:
        requests.append(request)
        await answering(b"", "set-cookie: a=b; path=/")(request, writer)

    async with peer(note) as port, Caller(ALLOWED) as caller:
        for _ in range(2):
            await caller.send(Message(method="GET", url=f"http://127.0.0.1:{port}/"))

    assert len(requests) == 2
    assert b"cookie" not in requests[1].lower()


async def test_the_host_that_is_sent_is_the_name_and_not_the_address():
    requests: list[bytes] = []

    async def note(request: bytes, writer: asyncio.StreamWriter) -> None:
        requests.append(request)
        await answering(b"")(request, writer)

    async def resolve(_host: str, _port: int) -> list[Address]:
        return [ip_address("127.0.0.1")]

    async with peer(note) as port, Caller(ALLOWED, resolve=resolve) as caller:
        await caller.send(Message(method="POST", url=f"http://Name.test:{port}/hook?a=1", body=b"{}"))

    assert requests[0].startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    assert f"host: name.test:{port}\r\n".encode() in requests[0].lower()


@pytest.mark.parametrize(
    "headers",
    [
        *({name: "x"} for name in ("Host", "content-length", "Transfer-Encoding", "connection", "accept-encoding")),
        *({"x": value} for value in ("a\r\nhost: b", "a\n", "a\0", "\u00e9", "x" * 9000)),
        *({name: "x"} for name in ("", "a b", "a:b", "a\r\n", "\u00e9")),
    ],
)
async def test_headers_that_would_change_the_exchange_are_refused(headers: dict[str, str]):
    assert isinstance(await refusal(answering(b""), headers=headers), Unsendable)


@pytest.mark.parametrize("method", ["", "GET /", "G\r\nET", "\u00e9"])
async def test_a_method_that_is_none_is_refused(method: str):
    assert isinstance(await refusal(answering(b""), method=method), Unsendable)


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
async def test_what_does_not_speak_http_is_told_so(said: bytes):
    error = await refusal(saying(said))
    assert isinstance(error, Malformed)
    assert "SSH" not in error.message


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"])
async def test_a_connection_that_breaks_is_told_so(said: bytes):
    assert isinstance(await refusal(saying(said)), Unreachable | Malformed)


async def test_nobody_there_and_no_such_name_are_told_so():
    async with peer(silent) as port:
        pass
    async with Caller(ALLOWED) as caller:
        for host in (f"127.0.0.1:{port}", "nobody.invalid"):
            with pytest.raises(Unreachable):
                await caller.send(Message(method="GET", url=f"http://{host}/"))


async def test_of_several_addresses_one_that_answers_is_enough():
    async def resolve(_host: str, _port: int) -> list[Address]:
        return [ip_address("127.0.0.9"), ip_address("127.0.0.1")]

    async with peer(answering(b"here")) as port, Caller(ALLOWED, resolve=resolve) as caller:
        assert (await caller.send(Message(method="GET", url=f"http://a.test:{port}/"))).body == b"here"


async def test_a_certificate_must_prove_the_name(tmp_path: Path):
    server = certified(tmp_path, "name.test")
    trusting = ssl.create_default_context(cafile=str(tmp_path / "certificate"))

    async def resolve(_host: str, _port: int) -> list[Address]:
        return [IPv4Address("127.0.0.1")]

    async with peer(answering(b"here"), server) as port:
        async with Caller(ALLOWED, resolve=resolve, tls=trusting) as caller:
            assert (await caller.send(Message(method="GET", url=f"https://name.test:{port}/"))).body == b"here"
            with pytest.raises(NotTrusted):
                await caller.send(Message(method="GET", url=f"https://other.test:{port}/"))
        async with Caller(ALLOWED, resolve=resolve) as caller:
            with pytest.raises(NotTrusted):
                await caller.send(Message(method="GET", url=f"https://name.test:{port}/"))


def certified(directory: Path, name: str) -> ssl.SSLContext:
    """What a server needs to prove a name to whoever trusts `directory/certificate`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (directory / "certificate").write_bytes(certificate.public_bytes(Encoding.PEM))
    (directory / "key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "certificate", directory / "key")
    return context
