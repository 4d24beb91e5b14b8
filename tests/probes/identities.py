"""Certificates of all kinds, made on the spot."""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


def server_context(
    identity: trustme.LeafCert,
    *,
    protocols: tuple[str, ...] = (),
    wants_client_of: trustme.CA | None = None,
) -> ssl.SSLContext:
    """What a server presents, and what it wants to see."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    identity.configure_cert(context)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    if wants_client_of is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        wants_client_of.configure_trust(context)
    return context


def expired(authority: trustme.CA, days: float = 3) -> trustme.LeafCert:
    now = datetime.datetime.now(datetime.UTC)
    return authority.issue_cert("127.0.0.1", not_before=now - 90 * DAY, not_after=now - days * DAY)


def not_yet_valid(authority: trustme.CA) -> trustme.LeafCert:
    now = datetime.datetime.now(datetime.UTC)
    return authority.issue_cert("127.0.0.1", not_before=now + DAY, not_after=now + 30 * DAY)


def ca_file(authority: trustme.CA, folder: Path) -> Path:
    """A file that makes a check trust `authority`."""
    path = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def self_signed(folder: Path, name: str = "127.0.0.1") -> ssl.SSLContext:
    """A server that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .sign(key, hashes.SHA256())
    )
    path = folder / "self-signed.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@contextlib.contextmanager
def blocking_server(context: ssl.SSLContext, answer: bytes) -> Iterator[int]:
    """A server that tells clients by TLS alert why it refuses them, which asyncio's does not."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk(plain: socket.socket) -> None:
        plain.settimeout(5)
        try:
            with context.wrap_socket(plain, server_side=True) as secured:
                secured.recv(65_536)
                secured.sendall(answer)
        except ssl.SSLError:
            plain.shutdown(socket.SHUT_WR)
            while plain.recv(65_536):  # or a reset would overtake the alert
                pass

    def accept() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            with plain, contextlib.suppress(OSError):
                talk(plain)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
