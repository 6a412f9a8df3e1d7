"""Why Okta's credential test fails, and what to do: one entry for each way, in words for an admin."""

from dataclasses import dataclass

from scimctl.exchange import FaultKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One way to fail: a permanent code, what is, why, what to do, and Okta's text where it is known.

    In `title`, `{host}` stands for the host of the base URL and `{status}` for the status with its reason phrase.
    """

    code: str
    title: str
    cause: str
    remedy: str
    okta_text: str | None = None


NO_RESULTS = "No results for users returned"
UNAUTHORIZED = (
    "Error authenticating: Unauthorized. The connector configuration could not be tested. Make sure that the URL, "
    "Authentication Parameters are correct and that there is an implementation available at the URL provided."
)
CONNECT_TIMED_OUT = "Error authenticating: Connect to {address} [{host}/<IP address>] failed: Connect timed out"

_ANOTHER_MACHINE = "Try it from another network too: Okta connects from the internet, not from your office."

FAULTS: dict[FaultKind, Advice] = {
    FaultKind.DNS: Advice(
        code="name-not-resolved",
        title="the name {host} does not resolve",
        cause="There is no such host name, or only a DNS server inside your network knows it.",
        remedy="Check the base URL for a typing error. Okta needs a name that public DNS resolves.",
    ),
    FaultKind.REFUSED: Advice(
        code="connection-refused",
        title="{host} refuses the connection",
        cause="The host is there, but no program listens on that port, or a firewall turns connections away.",
        remedy=f"Check that the SCIM service runs and that the port of the base URL is right. {_ANOTHER_MACHINE}",
    ),
    FaultKind.CONNECT_TIMEOUT: Advice(
        code="connect-timeout",
        title="{host} does not answer on that port",
        cause="A firewall drops the packets, or the host is down.",
        remedy="Open the firewall for the address ranges that Okta publishes, and check host and port of the base URL.",
        okta_text=CONNECT_TIMED_OUT,
    ),
    FaultKind.CONNECT: Advice(
        code="no-connection",
        title="no connection to {host}",
        cause="The request never reached the SCIM service.",
        remedy="Check the network between here and the host.",
    ),
    FaultKind.OAUTH: Advice(
        code="no-oauth-token",
        title="no token could be fetched for {host}",
        cause="The OAuth token endpoint gave no usable access_token, so the SCIM service was never asked.",
        remedy="Check --oauth-token-url, --oauth-client-id and --oauth-client-secret. Okta itself uses the "
        "authorization code grant.",
    ),
    FaultKind.PROXY: Advice(
        code="proxy-failed",
        title="the proxy makes no connection to {host}",
        cause="The proxy that you or the environment (HTTPS_PROXY) name cannot be reached or refuses the host.",
        remedy="Check --proxy and HTTPS_PROXY, or list the host in NO_PROXY. Okta does not use your proxy.",
    ),
    FaultKind.TLS_EXPIRED: Advice(
        code="tls-expired",
        title="the certificate of {host} has expired",
        cause="The server shows a certificate whose time is over, so no client trusts it.",
        remedy="Renew the certificate on the server or on the load balancer before it, and reload it.",
    ),
    FaultKind.TLS_HOSTNAME: Advice(
        code="tls-wrong-host",
        title="the certificate is not for {host}",
        cause="The server shows a certificate that names other hosts.",
        remedy="Use a host name that the certificate has, or get a certificate for this name.",
    ),
    FaultKind.TLS_UNTRUSTED: Advice(
        code="tls-untrusted",
        title="the certificate of {host} comes from an authority that is not trusted",
        cause="It is self-signed, comes from a private authority, or the server does not send the intermediate one.",
        remedy="Install a certificate of a public authority with its whole chain. --ca-file lets you test a private "
        "server all the same; Okta has no such option.",
    ),
    FaultKind.TLS: Advice(
        code="tls-failed",
        title="no secure connection to {host}",
        cause="The TLS handshake fails: the port may speak plain HTTP, the server may know old TLS versions only, or "
        "it wants a client certificate, which Okta does not send.",
        remedy="Check scheme and port of the base URL, and that the server offers TLS 1.2 or 1.3 without a client "
        "certificate.",
    ),
    FaultKind.READ_TIMEOUT: Advice(
        code="timeout",
        title="the server takes the request and does not answer in time",
        cause="Okta closes a connection on which nothing came for 60 seconds.",
        remedy="Make the list of two users fast: page in the database, and look for what the service waits for.",
    ),
    FaultKind.PROTOCOL: Advice(
        code="not-http",
        title="what comes from {host} is not a whole HTTP answer",
        cause="The connection closes before the answer is complete, or another protocol is spoken on that port.",
        remedy="Check the port. If it is right, look into the server's log for a crash at this request.",
    ),
    FaultKind.ENCODING: Advice(
        code="broken-encoding",
        title="the answer is not compressed the way it says",
        cause="Its Content-Encoding and its body do not agree. Okta asks for gzip and deflate.",
        remedy="Check the compression on the server or the proxy before it; without compression Okta works as well.",
    ),
    FaultKind.TOO_LARGE: Advice(
        code="answer-too-large",
        title="the answer is larger than scimctl reads",
        cause="Okta asks for two users. A server that ignores `count` sends all of them, however many there are.",
        remedy="Honour startIndex and count (RFC 7644 §3.4.2.4).",
    ),
    FaultKind.RATE_LIMIT: Advice(
        code="rate-limited",
        title="the server keeps answering 429",
        cause="Too many requests went to it in a short time.",
        remedy="Wait, or raise the limit for Okta's token.",
    ),
}

STATUSES: dict[int, Advice] = {
    400: Advice(
        code="bad-request",
        title="the server answers {status}",
        cause="It refuses the request itself, perhaps because it does not know startIndex and count.",
        remedy="Accept GET /Users?startIndex=1&count=2 (RFC 7644 §3.4.2.4), and ignore what you do not support.",
    ),
    401: Advice(
        code="unauthorized",
        title="the server answers {status}: it does not take the token",
        cause="The token is wrong, expired or revoked, or the server wants it in another form.",
        remedy="Make a new token and copy it whole. If the server wants the bare token, or another scheme than Bearer, "
        "use --auth-style verbatim here and an app with Header Auth in Okta.",
        okta_text=UNAUTHORIZED,
    ),
    403: Advice(
        code="forbidden",
        title="the server answers {status}: the token may not list users",
        cause="The token is known but lacks a permission, the plan lacks SCIM, or a firewall in between objects.",
        remedy="Give the account that made the token the right to manage users, then make a new token. If the server's "
        "log does not show the request, ask who runs the firewall.",
    ),
    404: Advice(
        code="not-found",
        title="the server answers {status}: there is no /Users under the base URL",
        cause="The base URL has too little or too much in its path, or names a tenant that does not exist.",
        remedy="Compare the base URL with the provider's setup page. It mostly ends in /scim/v2 or /v2.",
    ),
    405: Advice(
        code="method-not-allowed",
        title="the server answers {status}: /Users does not allow GET",
        cause="Something is there, but no SCIM service, or one without a list of users.",
        remedy="Check the path of the base URL. A SCIM server must let clients GET /Users (RFC 7644 §3.4.2).",
    ),
    406: Advice(
        code="media-type-rejected",
        title="the server answers {status}: it refuses Accept: application/scim+json",
        cause="The server, its framework or a firewall before it does not know SCIM's media type.",
        remedy="Accept application/scim+json (RFC 7644 §3.8). Behind a firewall the log may not show the request.",
    ),
    429: Advice(
        code="rate-limited",
        title="the server answers {status}",
        cause="Too many requests came in a short time, or the limit is too low for Okta's bursts.",
        remedy="Wait as long as Retry-After says and test again; raise the limit for Okta's token.",
    ),
    501: Advice(
        code="not-implemented",
        title="the server answers {status}: it has no list of users",
        cause="The service does not offer GET /Users under this base URL.",
        remedy="Implement GET /Users with startIndex and count (RFC 7644 §3.4.2), or check the path.",
    ),
    502: Advice(
        code="server-error",
        title="the server answers {status}",
        cause="The gateway runs, but the SCIM service behind it does not answer properly.",
        remedy="Check that the SCIM service is up and that the gateway sends this path to it.",
    ),
    503: Advice(
        code="server-error",
        title="the server answers {status}",
        cause="The service is down, overloaded or in maintenance.",
        remedy="Test again when it is up; Okta does not repeat a failed provisioning job by itself.",
    ),
    504: Advice(
        code="server-error",
        title="the server answers {status}",
        cause="The gateway gave up waiting for the SCIM service behind it.",
        remedy="Find out why listing two users takes so long.",
    ),
}
STATUSES[415] = Advice(
    code="media-type-rejected",
    title="the server answers {status}: it refuses SCIM's media type",
    cause=STATUSES[406].cause,
    remedy=STATUSES[406].remedy,
)

SERVER_ERROR = Advice(
    code="server-error",
    title="the server answers {status}",
    cause="It fails while it lists two users: that is a fault of the server, not of the token or the base URL.",
    remedy="Look into the server's log at this moment.",
)
CLIENT_ERROR = Advice(
    code="refused",
    title="the server answers {status}",
    cause="It refuses to list users.",
    remedy="Its own words may say why; else look into the server's log at this moment.",
)
REDIRECT = Advice(
    code="redirect",
    title="the server answers {status}: it sends us elsewhere",
    cause="The base URL is not where the service is: http in place of https, a moved host, or a slash too few.",
    remedy="Use the address it points to as base URL, without /Users and what follows.",
)
LOGIN_REDIRECT = Advice(
    code="login-page",
    title="the server answers {status}: it sends us to a login page",
    cause="The address is part of the web application, where people sign in, or the token was not looked at.",
    remedy="Take the SCIM base URL from the provider's setup page, and exempt SCIM's paths from single sign-on.",
)
UNEXPECTED_STATUS = Advice(
    code="unexpected-status",
    title="the server answers {status}",
    cause="Okta needs 200 with a list.",
    remedy="Answer GET /Users with 200 and a ListResponse, also when there are no users (RFC 7644 §3.4.2).",
)
_EMPTY_LIST = 'Answer 200 with {"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,'
_SEND_A_LIST = _EMPTY_LIST + '"startIndex":1,"itemsPerPage":0,"Resources":[]} when there are no users.'

EMPTY_BODY = Advice(
    code="empty-body",
    title="the server answers 200 with an empty body",
    cause="Okta finds no list in it.",
    remedy=_SEND_A_LIST,
    okta_text=NO_RESULTS,
)
HTML = Advice(
    code="html",
    title="the server answers 200 with a web page",
    cause="The address is part of a web site or a login page, not of the SCIM service.",
    remedy="Take the SCIM base URL from the provider's setup page; it mostly ends in /scim/v2 or /v2.",
    okta_text=NO_RESULTS,
)
NOT_JSON = Advice(
    code="not-json",
    title="the server answers 200 with a body that is not JSON",
    cause="Okta reads JSON (RFC 7644 §3.1) and finds none.",
    remedy="Look at the body below: the server, or something before it, sends other text or breaks the JSON off.",
)
NULL = Advice(
    code="null",
    title="the server answers 200 with null",
    cause="Okta finds no list in it.",
    remedy=_SEND_A_LIST,
    okta_text=NO_RESULTS,
)
ARRAY = Advice(
    code="array",
    title="the server answers 200 with a bare array",
    cause="SCIM wraps lists: Okta looks for a ListResponse with Resources in it.",
    remedy=_SEND_A_LIST,
    okta_text=NO_RESULTS,
)
NO_RESOURCES = Advice(
    code="no-resources",
    title="the list has no Resources",
    cause="Okta needs the member Resources, also when it is empty.",
    remedy=_SEND_A_LIST,
    okta_text=NO_RESULTS,
)
RESOURCES_NOT_LIST = Advice(
    code="resources-not-users",
    title="Resources is not an array of users",
    cause="Okta reads an array of JSON objects there (RFC 7644 §3.4.2).",
    remedy=_SEND_A_LIST,
)
NUMBERS = Advice(
    code="numbers-as-strings",
    title="{member} is {value}, not a number",
    cause="Okta reads JSON integers here. With anything else the look-up before each assignment fails without a "
    "reason, and no user is ever created.",
    remedy="Send totalResults, startIndex and itemsPerPage as JSON integers, without quotation marks.",
)
ERROR_AS_200 = Advice(
    code="error-with-200",
    title="the server answers 200 with a SCIM error in the body",
    cause="The status says success, the body says failure; Okta finds no list.",
    remedy="Send the error's status as the status of the answer (RFC 7644 §3.12), and remove its cause.",
)
OTHER_JSON = Advice(
    code="other-json",
    title="the server answers 200 with JSON that is not a list of users",
    cause="Another API answers at this address, or the server does not wrap its users in a ListResponse.",
    remedy="Check the path of the base URL. " + _SEND_A_LIST,
)
