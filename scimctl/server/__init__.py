"""The reference SCIM server: a function from request to response, and what serves it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scimctl.server.asgi import Application


def app(
    profile: str = "standard",
    *,
    token: str,
    read_only_token: str | None = None,
    faults: Iterable[str] = (),
    public_url: str | None = None,
) -> "Application":
    """The reference server as an ASGI application, to be run by any ASGI server or mounted in another application.

    It keeps everything in memory and serves below `/scim/v2`, from where it is mounted. `profile` is a bundled one or a
    path to a file, `faults` are names of `scimctl serve --list-faults`, `public_url` is the base URL in answers,
    instead of one made from the Host field. Raises InputError for a profile or a fault that is not known.
    """
    from scimctl.server.asgi import Application
    from scimctl.server.core import build
    from scimctl.server.faults.catalogue import with_faults

    server = build(profile, token=token, read_only_token=read_only_token)
    names = tuple(faults)
    return Application(with_faults(server, names) if names else server, public_url=public_url)
