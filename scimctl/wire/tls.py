"""Which certificates are trusted, and which one we show. Making a context takes about 30 ms, so one serves a run."""

import ssl
from pathlib import Path

import httpcore

from scimctl.diagnostic import usage_error
from scimctl.wire.settings import WireSettings


def context(settings: WireSettings) -> ssl.SSLContext:
    """A client context of TLS 1.2 or newer over the system's trust store, or over `ca_file` beside it.

    Raises InputError for a certificate or key file that cannot be used.
    """
    made = _insecure() if settings.insecure else _trusting_the_system()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.ca_file is not None and not settings.insecure:
        try:
            made.load_verify_locations(cafile=settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise usage_error(
                f"--ca-file {settings.ca_file} holds no certificates that can be read: {_reason(error)}",
                "give a PEM file: lines between BEGIN CERTIFICATE and END CERTIFICATE",
            ) from error
    if settings.client_cert is not None:
        _load_client_certificate(made, settings.client_cert, settings.client_key)
    return made


def _insecure() -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def _trusting_the_system() -> ssl.SSLContext:
    made = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    has_folder = bool(paths.capath) and any(Path(paths.capath).iterdir())
    if made.cert_store_stats()["x509_ca"] or has_folder:
        return made
    # Some builds of Python know no trust store; httpcore brings one (certifi).
    return httpcore.default_ssl_context()


def _load_client_certificate(made: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    def no_password() -> str:
        # Without this OpenSSL would ask on the terminal.
        raise ValueError("the key is encrypted; give one without a passphrase")

    try:
        made.load_cert_chain(certificate, key, password=no_password)
    except (OSError, ssl.SSLError, ValueError) as error:
        files = str(certificate) if key is None else f"{certificate} with --client-key {key}"
        raise usage_error(
            f"--client-cert {files} cannot be used: {_reason(error)}",
            "give PEM files: the certificate with its chain, and its private key without a passphrase",
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or "not a PEM file"
