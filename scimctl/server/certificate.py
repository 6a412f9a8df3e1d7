"""A certificate for a test server, signed by an authority that nobody trusts yet."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scimctl.server.asgi import Tls

_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class MadeCertificate:
    """A certificate and its key in a folder of their own, with the authority's certificate to trust."""

    tls: Tls
    authority: Path
    folder: Path

    def remove(self) -> None:
        """Removes the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def make_certificate(host: str) -> MadeCertificate:
    """A new certificate for `host` and for the names of this machine; only this user can read the key."""
    import trustme

    authority = trustme.CA(organization_name="scimctl", organization_unit_name="test server")
    issued = authority.issue_cert(*dict.fromkeys((host, *_NAMES)), common_name=host)
    # mkdtemp gives a folder that only this user can enter.
    folder = Path(tempfile.mkdtemp(prefix="scimctl-tls-"))
    made = MadeCertificate(Tls(folder / "certificate.pem", folder / "key.pem"), folder / "authority.pem", folder)
    for blob in issued.cert_chain_pems:
        blob.write_to_path(str(made.tls.certificate), append=True)
    issued.private_key_pem.write_to_path(str(made.tls.key))
    authority.cert_pem.write_to_path(str(made.authority))
    return made
