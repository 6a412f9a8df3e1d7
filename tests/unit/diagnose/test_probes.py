"""What is asked of the server: GETs in bounded number, more only when an answer calls for it."""

import pytest

from scimctl.diagnose.accounts import Survey
from scimctl.diagnose.probes import MOST_PAGES, Look, Probe, Way, Wish, play
from scimctl.exchange import Answer, Auth, Exchange, FaultKind, Request, TransportFault
from tests.unit.diagnose.served import App, account, found, listing, plain, scim_error

NAME = "ada@acme.example"


def survey(app: App, wish: Wish) -> Survey:
    def send(probe: Probe) -> Exchange:
        return Exchange(probe.request, app.answer(probe))

    return Survey(wish=wish, seen=play(wish, send))


def looks(seen: Survey) -> list[Look]:
    return [one.probe.look for one in seen.seen]


def test_a_user_who_is_found_needs_few_requests() -> None:
    app = App(accounts=[account(NAME, "a1")])
    seen = survey(app, Wish(names=(NAME,), emails=(NAME,), okta_id="00u1", linked_id="a1"))
    assert looks(seen) == [
        Look.CONFIGURATION,
        Look.LOOKUP,
        Look.LINKED,
        Look.EXTERNAL_ID,
        Look.LIST,
        Look.UNKNOWN_ID,
        Look.SCHEMAS,
    ]
    assert set(app.methods) == {"GET"}
    assert seen.looked_up[0].id == "a1"
    assert seen.lookup_total == 1
    assert seen.patch_supported is True


def test_the_lookup_is_the_one_that_okta_makes() -> None:
    exchange = survey(App(), Wish(names=(NAME,))).first(Look.LOOKUP)
    assert exchange is not None
    assert exchange.request.target == "/Users?filter=userName%20eq%20%22ada%40acme.example%22&startIndex=1&count=100"
    assert exchange.request.headers.get("User-Agent") == "Okta SCIM Client 1.0.0"


def test_a_user_who_is_not_found_is_looked_for_in_a_bounded_number_of_pages() -> None:
    app = App(accounts=[account(f"u{number}@acme.example", f"a{number}") for number in range(3000)])
    seen = survey(app, Wish(names=(NAME, "old@acme.example"), emails=("countess@acme.example",)))
    assert len(seen.all(Look.LIST)) == MOST_PAGES
    assert [one.probe.subject for one in seen.all(Look.OTHER_NAME)] == [
        "old@acme.example",
        "ADA@ACME.EXAMPLE",
        "countess@acme.example",
    ]
    assert len(seen.seen) < 25


def test_credentials_that_are_refused_end_it() -> None:
    seen = survey(App(override=lambda request, probe: scim_error(401)), Wish(names=(NAME,)))
    assert looks(seen) == [Look.CONFIGURATION, Look.LOOKUP]
    assert seen.refused is not None


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (FaultKind.REFUSED, [Look.CONFIGURATION]),
        (FaultKind.READ_TIMEOUT, [Look.CONFIGURATION]),
        (FaultKind.TLS_UNTRUSTED, [Look.CONFIGURATION, Look.UNCHECKED]),
    ],
)
def test_without_a_connection_nothing_more_is_asked(kind: FaultKind, asked: list[Look]) -> None:
    fault = TransportFault(kind, "no", 0.1)
    seen = survey(App(override=lambda request, probe: fault), Wish(names=(NAME,)))
    assert looks(seen) == asked


def test_no_credentials_go_to_a_server_whose_certificate_is_not_trusted() -> None:
    def override(request: Request, probe: Probe) -> Answer | None:
        return None if probe.way is Way.UNCHECKED else TransportFault(FaultKind.TLS_UNTRUSTED, "self-signed")

    seen = survey(App(override=override), Wish(names=(NAME,), own_trust=True))
    open_ways = [one.probe for one in seen.seen if one.probe.way is not Way.CONFIGURED]
    assert {probe.look for probe in open_ways} == {Look.TRUST, Look.UNCHECKED}
    assert {probe.request.auth for probe in open_ways} == {Auth.NONE}


@pytest.mark.parametrize(
    ("configured", "real"), [("/v2", "/api/scim/v2"), ("/acme", "/acme/scim/v2"), ("/acme/scim/v2/x", "/acme/scim/v2")]
)
def test_a_service_elsewhere_on_the_host_is_found(configured: str, real: str) -> None:
    app = App(base_path=real)
    seen = survey(app, Wish(names=(NAME,), base_path=configured))
    assert seen.base_is_wrong
    assert seen.elsewhere == real


def test_a_service_without_discovery_is_not_taken_for_a_wrong_address() -> None:
    def override(request: Request, probe: Probe) -> Answer | None:
        return plain(404, "") if probe.look is Look.CONFIGURATION else None

    seen = survey(App(override=override), Wish(names=(NAME,)))
    assert not seen.base_is_wrong
    assert seen.reads_users
    assert not seen.all(Look.ELSEWHERE)


def test_a_lookup_that_ignores_the_filter_finds_nobody_else() -> None:
    everybody = listing([account("x@acme.example", "x"), account(NAME, "a1")])
    app = App(override=lambda request, probe: found(everybody) if "/Users?" in request.target else None)
    assert [one.id for one in survey(app, Wish(names=(NAME,))).looked_up] == ["a1"]
