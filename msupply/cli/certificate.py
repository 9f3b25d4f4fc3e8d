"""`msupply serve --certificate FILE --key FILE`: looked at before anything is started."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from msupply.cli.failures import Failure
from msupply.cli.words import _

_CERTIFICATE, _KEY = b"-----BEGIN CERTIFICATE-----", b"PRIVATE KEY-----"
# What OpenSSL calls a key of another certificate: of the same kind, or of another one.
_NOT_A_PAIR = ("KEY_VALUES_MISMATCH", "NO_CERTIFICATE_ASSIGNED", "KEY_TYPE_MISMATCH")


@dataclass(frozen=True)
class Certificate:
    """What a server shows to be who it is: PEM files of its certificate with chain, and its key."""

    certificate: Path
    key: Path


def read_certificate(certificate: Path | None, key: Path | None) -> Certificate | None:
    """Return the certificate to serve with, None for none. Raises Failure for one of no use."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise Failure(
            _("--certificate and --key belong together."),
            _("Name the file of the certificate with its chain, and the file of its private key."),
        )
    if _CERTIFICATE not in _read(certificate):
        raise Failure(
            _("{file} holds no certificate.").format(file=certificate),
            _("It must be a PEM file, which begins with -----BEGIN CERTIFICATE-----."),
        )
    text = _read(key)
    if _KEY not in text:
        raise Failure(
            _("{file} holds no private key.").format(file=key),
            _("It must be a PEM file, which begins with -----BEGIN PRIVATE KEY-----."),
        )
    if b"ENCRYPTED" in text:
        raise Failure(
            _("The key in {file} has a password.").format(file=key),
            _("Write it without one, into a file that only its owner may read."),
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        if error.reason in _NOT_A_PAIR:
            raise Failure(
                _("The key in {key} is not that of the certificate in {certificate}.").format(
                    key=key, certificate=certificate
                ),
            ) from None
        raise Failure(
            _("{certificate} and {key} cannot be used: {reason}.").format(
                certificate=certificate, key=key, reason=error.reason or error
            ),
        ) from None
    return Certificate(certificate, key)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(
            _("The file {file} cannot be read: {reason}.").format(file=path, reason=error.strerror)
        ) from None
