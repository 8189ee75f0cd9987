"""An interface that fails: asked again within its deadline, given up at its end, never taken for "no record"."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from creditreport.sources.base import Deadline
from creditreport.sources.outcome import SourceUnavailable
from creditreport.sources.rest_http import close_clients
from creditreport.sources.retry import TryAgain, with_retries
from tests.department import Department, Reply, running, server_trust, serving
from tests.interface import INCOMPLETE, UNAVAILABLE, ask, department, ids, page, refused, row

__all__ = ["department"]

GOOD = page(row(1))
SHORT = 0.3


def threads_are_gone() -> bool:
    """Whether no source is being asked any more (its thread is given a while to notice the deadline)."""
    left = [thread for thread in threading.enumerate() if thread.name == "source-a"]
    for thread in left:
        thread.join(20)
    return not any(thread.is_alive() for thread in left)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_what_may_pass_is_asked_again(department: Department, tmp_path: Path, status: int) -> None:
    department.answer = serving(Reply(status=status), Reply(status=status), GOOD)
    assert ids(ask(tmp_path, department.url)) == ["r1"]
    assert len(department.requests) == 3


def test_there_is_an_end_to_asking_again(department: Department, tmp_path: Path) -> None:
    department.answer = serving(Reply(status=503))
    refused(ask(tmp_path, department.url, retries=1), UNAVAILABLE, "503")
    assert len(department.requests) == 2
    refused(ask(tmp_path, department.url, retries=0), UNAVAILABLE, "503")
    assert len(department.requests) == 3


@pytest.mark.parametrize("status", [401, 403, 407])
def test_refused_credentials_are_named_and_not_tried_again(department: Department, tmp_path: Path, status: int) -> None:
    department.answer = serving(Reply({"secret": "hunter2"}, status=status))
    asked = ask(tmp_path, department.url)
    refused(asked, UNAVAILABLE, "credentials")
    assert "hunter2" not in (asked.problem or "")
    assert len(department.requests) == 1


def in_a_second(_now: datetime) -> dict[str, str]:
    return {"retry-after": "1"}


def at_a_moment(now: datetime) -> dict[str, str]:
    later = format_datetime(now + timedelta(seconds=1), usegmt=True)
    return {"retry-after": later, "date": format_datetime(now, usegmt=True)}


@pytest.mark.parametrize("told", [in_a_second, at_a_moment])
def test_retry_after_is_waited_for_within_the_deadline(
    department: Department, tmp_path: Path, told: Callable[[datetime], dict[str, str]]
) -> None:
    # The source's own clock counts, however wrong it is.
    department.answer = serving(Reply(status=429, headers=told(datetime(2001, 1, 1, tzinfo=UTC))), GOOD)
    asked = ask(tmp_path, department.url)
    assert ids(asked) == ["r1"]
    waited = asked.answered_at - datetime(2026, 11, 21, 4, tzinfo=UTC)
    assert waited >= timedelta(seconds=1)


def test_a_wait_beyond_the_deadline_is_not_begun(department: Department, tmp_path: Path) -> None:
    department.answer = serving(Reply(status=429, headers={"retry-after": "3600"}), GOOD)
    refused(ask(tmp_path, department.url, deadline=10), UNAVAILABLE, "3600")
    assert len(department.requests) == 1
    department.answer = serving(Reply(status=503, headers={"retry-after": "soon"}), GOOD)
    assert ids(ask(tmp_path, department.url)) == ["r1"]


def dropped(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def half_a_body(connection: socket.socket) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{"list": [')
    connection.shutdown(socket.SHUT_RDWR)


def no_http(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("broken", [dropped, half_a_body, no_http])
def test_a_broken_connection_is_tried_again(
    department: Department, tmp_path: Path, broken: Callable[[socket.socket], None]
) -> None:
    department.answer = serving(Reply(raw=broken), GOOD)
    assert ids(ask(tmp_path, department.url)) == ["r1"]
    department.answer = serving(Reply(raw=broken))
    refused(ask(tmp_path, department.url, deadline=10), UNAVAILABLE, "连接失败")


def test_a_connection_that_the_source_has_closed_meanwhile_costs_nothing(
    department: Department, tmp_path: Path
) -> None:
    department.answer = serving(GOOD)
    assert ids(ask(tmp_path, department.url)) == ["r1"]
    peer = department.requests[0].peer
    department.answer = serving(Reply(raw=dropped), GOOD)
    assert ids(ask(tmp_path, department.url)) == ["r1"]
    assert department.requests[1].peer == peer
    assert department.requests[2].peer != peer


# --- slow sources: each costs its deadline, and leaves nothing behind ---------------------------------------------


def test_a_source_that_hangs(department: Department, tmp_path: Path) -> None:
    department.answer = serving(Reply(raw=lambda _connection: department.stopping.wait(60) and None))
    refused(ask(tmp_path, department.url, deadline=SHORT), UNAVAILABLE, f"{SHORT}")
    assert threads_are_gone()


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n"])
def test_a_source_that_drips(department: Department, tmp_path: Path, head: bytes) -> None:
    """A byte now and then meets no time-out of a client's own: the deadline ends it, in the header as in the body."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(head)
        while not department.stopping.wait(0.02):
            connection.sendall(b" ")

    department.answer = serving(Reply(raw=drip))
    refused(ask(tmp_path, department.url, deadline=SHORT), UNAVAILABLE, f"{SHORT}")
    assert threads_are_gone()


def test_a_host_that_takes_no_connection(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as silent:
        port = silent.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):  # Fills the queue; nobody accepts.
            refused(ask(tmp_path, f"http://127.0.0.1:{port}", deadline=SHORT), UNAVAILABLE, f"{SHORT}")
            assert threads_are_gone()
    close_clients()


def test_one_slow_page_does_not_outlast_the_deadline_of_all(department: Department, tmp_path: Path) -> None:
    def answer_late(connection: socket.socket) -> None:
        department.stopping.wait(60)

    department.answer = serving(page(row(1), n=2), Reply(raw=answer_late))
    asked = ask(tmp_path, department.url, deadline=SHORT, paging={"by": "page", "parameter": "p"}, total="/n")
    refused(asked, UNAVAILABLE, f"{SHORT}")
    assert len(department.requests) == 2


# --- trust ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that is its own root, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "department")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*form))
    return folder / "ca.pem", folder / "key.pem"


@pytest.fixture
def trusted(certificates: tuple[Path, Path]) -> Iterator[Department]:
    with running(server_trust(*certificates)) as found:
        found.answer = serving(GOOD)
        yield found
        close_clients()


def test_an_own_root_certificate(trusted: Department, certificates: tuple[Path, Path], tmp_path: Path) -> None:
    url = f"https://127.0.0.1:{trusted.port}"
    (tmp_path / "ca.pem").write_bytes(certificates[0].read_bytes())
    assert ids(ask(tmp_path, url, ca_file="ca.pem")) == ["r1"]
    assert ids(ask(tmp_path, url, ca_file="env:CA", environ={"CA": str(certificates[0])})) == ["r1"]
    refused(ask(tmp_path, url), UNAVAILABLE, "证书不受信任")
    refused(ask(tmp_path, url, ca_file="missing.pem"), UNAVAILABLE, "missing.pem")
    (tmp_path / "ca.pem").write_text("not a certificate")
    refused(ask(tmp_path, url, ca_file="ca.pem"), UNAVAILABLE, "ca.pem")


def test_the_certificate_must_be_the_hosts(
    trusted: Department, certificates: tuple[Path, Path], tmp_path: Path
) -> None:
    url = f"https://localhost:{trusted.port}"
    refused(ask(tmp_path, url, ca_file=str(certificates[0])), UNAVAILABLE, "证书不受信任")


def test_a_redirect_from_https_to_http_is_another_place(
    trusted: Department, certificates: tuple[Path, Path], tmp_path: Path
) -> None:
    trusted.answer = serving(Reply(status=302, headers={"location": f"http://127.0.0.1:{trusted.port}/list"}))
    asked = ask(tmp_path, f"https://127.0.0.1:{trusted.port}", ca_file=str(certificates[0]))
    refused(asked, INCOMPLETE, "转向别处")


# --- asking again, for every driver -----------------------------------------------------------------------------


def test_pauses_grow_and_what_was_wrong_last_is_told() -> None:
    attempts: list[int] = []

    def fail() -> None:
        attempts.append(len(attempts))
        raise TryAgain(f"problem {len(attempts)}")

    with pytest.raises(SourceUnavailable, match="problem 3"):
        with_retries(fail, Deadline(20), 2)
    attempts.clear()
    with pytest.raises(SourceUnavailable, match="problem 1"):
        with_retries(fail, Deadline(0.04), 5)
    assert attempts == [0]


def test_what_will_not_pass_is_not_asked_again() -> None:
    attempts: list[int] = []

    def fail() -> None:
        attempts.append(1)
        raise SourceUnavailable("no such table")

    with pytest.raises(SourceUnavailable):
        with_retries(fail, Deadline(20), 5)
    assert attempts == [1]
