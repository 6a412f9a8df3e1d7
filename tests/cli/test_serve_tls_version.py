"""The TLS version that `scimctl serve` has to speak (RFC 7644 §7.2)."""

import ssl

import httpx

from tests.cli.test_serve import TOKEN, serving


def test_a_client_that_knows_tls_1_2_alone_is_served() -> None:
    with serving("--token", TOKEN, "--tls-self-signed") as (base_url, process):
        assert process.stderr is not None
        context = ssl.create_default_context(cafile=process.stderr.readline().split("--ca-file ")[1].strip())
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with httpx.stream("GET", f"{base_url}/ServiceProviderConfig", verify=context) as answer:
            assert answer.extensions["network_stream"].get_extra_info("ssl_object").version() == "TLSv1.2"
            assert answer.status_code == 200
        process.terminate()
        process.communicate(timeout=5)
