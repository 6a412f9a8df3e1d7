"""Which proxy stands between us and a host."""

from urllib.request import getproxies, proxy_bypass

from scimctl.wire.settings import is_loopback


def proxy_for(scheme: str, host: str, explicit: str | None) -> str | None:
    """The proxy's URL: `explicit`, else HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY of the environment.

    This machine is never reached through a proxy of the environment. A `.netrc` file is not read: it would add
    credentials that nobody asked for.
    """
    if explicit is not None:
        return explicit
    if is_loopback(host) or proxy_bypass(host):
        return None
    known = getproxies()
    found = known.get(scheme) or known.get("all")
    if found is None:
        return None
    return found if "://" in found else f"http://{found}"
