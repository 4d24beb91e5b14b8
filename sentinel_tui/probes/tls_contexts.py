"""TLS contexts: built once, because each of them reads the whole list of trusted certificates."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from sentinel_tui.config.trust import system_trust
from sentinel_tui.probes.faults import OwnFault

_Files = tuple[Path | None, Path | None, Path | None]
_Protocols = tuple[str, ...]
_Stamps = tuple[int, ...]


class TlsContexts:
    """The contexts of all checks, shared by those that trust and present the same."""

    def __init__(self) -> None:
        self._built: dict[tuple[_Files, _Protocols], tuple[_Stamps, ssl.SSLContext]] = {}

    def context(
        self,
        *,
        ca_file: Path | None = None,
        client_certificate: Path | None = None,
        client_key: Path | None = None,
        protocols: tuple[str, ...] = (),
    ) -> ssl.SSLContext:
        """The context for these files; built anew when one of them has changed.

        Args:
            ca_file: Certificates to trust instead of the system's.
            client_certificate: What to present, with its key in `client_key` or the same file.
            client_key: Its key.
            protocols: What to offer to speak over it, the preferred first.

        Raises:
            OwnFault: A file is missing or cannot be used.
        """
        files = (ca_file, client_certificate, client_key)
        stamps = tuple(_stamp(path) for path in files if path is not None)
        known = self._built.get((files, protocols))
        if known is not None and known[0] == stamps:
            return known[1]
        context = _trusting(ca_file)
        if protocols:
            context.set_alpn_protocols(protocols)
        if client_certificate is not None:
            _present(context, client_certificate, client_key)
        self._built[files, protocols] = (stamps, context)
        return context


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise _unusable(path, error) from error


def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    if ca_file is None:
        return system_trust()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=ca_file)
    except OSError as error:  # an SSLError is one
        raise _unusable(ca_file, error) from error
    return context


def _present(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    try:
        context.load_cert_chain(
            certificate,
            key,
            password="",
        )
    except OSError as error:
        raise _unusable(certificate, error) from error


def _unusable(path: Path, error: OSError) -> OwnFault:
    if isinstance(error, ssl.SSLError) or error.errno is None:
        return OwnFault(f"{path} is not a usable PEM file")
    return OwnFault(f"cannot read {path}: {os.strerror(error.errno)}")
