"""The server as a process: its start, its end, and what it survives."""

import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import httpx
import pytest

from casework.cli.serving import DRAIN_SECONDS
from tests.cli.command import COMMAND, casework, environment, is_postgres_running, until, up
from tests.cli.conftest import initialise

STOP_SECONDS_MAX = 10


def answers(url):
    try:
        return httpx.get(f"{url}/readyz", timeout=5).is_success
    except httpx.TransportError:
        return False


def test_it_prints_its_address_as_json_when_it_is_ready_and_ends_with_ctrl_c(server_database):
    with up("--database-url", server_database, "--json") as running:
        assert answers(running.url)
        assert server_database not in running.printed
        began = time.monotonic()
        assert running.stop(signal.SIGINT) == 0
        assert time.monotonic() - began < STOP_SECONDS_MAX
        assert not answers(running.url)


def test_a_port_in_use_is_told_and_ends_with_3(server_database):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = casework("up", "--database-url", server_database, "--port", port)
    assert (result.code, result.out) == (3, "")
    assert f"Port {port} on 127.0.0.1 is in use" in result.err
    assert "Traceback" not in result.err


def test_a_stream_ends_at_once_when_the_server_is_asked_to_stop(server_database):
    made = initialise("--database-url", server_database).json
    path, headers = f"/api/v2/w/{made['workspace_uuid']}/live", {"authorization": f"Bearer {made['api_key']}"}
    with up("--database-url", server_database) as running:
        with httpx.stream("GET", f"{running.url}{path}", headers=headers, timeout=60) as answer:
            lines = answer.iter_lines()
            assert "event: look_again" in (next(lines) for _ in range(4))
            began = time.monotonic()
            running.process.send_signal(signal.SIGTERM)
            list(lines)
            assert time.monotonic() - began < DRAIN_SECONDS / 2
        assert running.process.wait(STOP_SECONDS_MAX) == 0
        assert time.monotonic() - began < DRAIN_SECONDS


def test_a_request_under_way_is_answered_before_it_ends(server_database):
    with up("--database-url", server_database) as running:
        request = b"POST /api/auth/sign-in/email HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        body = b'{"email": "nobody@example.org", "password": "correct horse"}'
        with socket.create_connection(("127.0.0.1", running.port)) as client:
            client.sendall(request + b"Content-Length: %d\r\n\r\n" % len(body) + body[:10])
            answered = []
            reader = threading.Thread(target=lambda: answered.append(client.recv(12)))
            reader.start()
            until(lambda: answers(running.url))
            running.process.send_signal(signal.SIGTERM)
            until(lambda: not answers(running.url))
            client.sendall(body[10:])
            reader.join(STOP_SECONDS_MAX)
        assert answered == [b"HTTP/1.1 401"]
        assert running.process.wait(STOP_SECONDS_MAX) == 0


def test_workers_that_die_are_replaced_one_or_all(server_database):
    with up("--database-url", server_database, "--workers", 2) as running:
        first, other = until(lambda: len(found := running.workers()) == 2 and found)
        first.kill()
        pids = until(lambda: len(found := running.worker_pids() - {first.pid}) == 2 and found)
        assert other.pid in pids
        until(lambda: answers(running.url))  # one that had just reached the dead worker's socket is reset

        for worker in running.workers():
            worker.kill()
        until(lambda: running.worker_pids().isdisjoint(pids) and answers(running.url))
        assert running.stop() == 0


def test_a_database_that_does_not_answer_ends_it_with_3():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql://nobody@127.0.0.1:{closed.getsockname()[1]}/none"
        result = casework("up", "--database-url", url, "--port", 0)
    assert (result.code, result.out) == (3, "")
    assert "Traceback" not in result.err


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.7"])
def test_a_host_that_is_not_this_machines_is_a_mistake_of_use(server_database, host):
    result = casework("up", "--database-url", server_database, "--host", host, "--port", 0)
    assert result.code == 2
    assert host in result.err


def test_a_setting_that_is_wrong_is_told_by_its_name(server_database):
    result = casework("up", "--database-url", server_database, CASEWORK_POOL_SIZE="many")
    assert result.code == 2
    assert "CASEWORK_POOL_SIZE" in result.err


@pytest.mark.slow
def test_the_embedded_database_is_made_shared_recovered_and_stopped(tmp_path):
    data = tmp_path / "data"
    with up("--data", data) as running:
        assert is_postgres_running(data)
        made = initialise("--data", data)  # beside the running server, which uses the same database
        assert made.code == 0, made.err
        key = made.json["api_key"]
        assert is_postgres_running(data)
        assert casework("members", "list", "--url", running.url, "--key", key).code == 0

        workers = running.workers()
        running.process.kill()
        for process in (running.process, *workers):
            process.wait(STOP_SECONDS_MAX)  # nothing of a server outlives it, and holds its port
        port = running.port
    with up("--data", data, "--port", port) as again:
        listed = casework("members", "list", "--json", "--url", again.url, "--key", key)
        assert [one["email"] for one in listed.json["items"]] == ["ada@example.org"]
        assert again.stop() == 0
    assert not is_postgres_running(data)


def test_a_signal_before_it_is_ready_ends_it_in_order(server_database):
    process = subprocess.Popen(
        [*COMMAND, "up", "--database-url", server_database, "--port", "0"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: _notes_signals(process.pid))
    process.terminate()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, ""), err


def _notes_signals(pid):
    """Whether a process catches SIGTERM."""
    with Path(f"/proc/{pid}/status").open() as file:
        caught = next(line.split()[1] for line in file if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)
