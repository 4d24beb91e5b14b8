"""Whose certificates are trusted where the owner named nobody."""

from __future__ import annotations

import ssl


def system_trust() -> ssl.SSLContext:
    """A client context that trusts what this system trusts.

    Building one reads the whole list of certificates, some tens of milliseconds of work.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    paths = ssl.get_default_verify_paths()
    if not (context.cert_store_stats()["x509_ca"] or paths.cafile or paths.capath):
        # Some Pythons come without a list of their own; httpx brings one.
        import certifi

        context.load_verify_locations(cafile=certifi.where())
    return context
