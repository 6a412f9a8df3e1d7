"""Faults of bulk requests."""

from typing import Any

from scimctl.exchange import Request, Response
from scimctl.server.faults.exchanges import content, is_on, with_content
from scimctl.server.faults.registry import Beneath, fault


@fault("bulk-malformed-200")
def malformed_200(server: Beneath, request: Request) -> Response:
    response = server(request)
    results = _results(request, response)
    if not any(result.get("status") == "400" for result in results):
        return response
    return with_content(response, content(response) | {"Operations": [_as_if_done(result) for result in results]})


@fault("bulk-response-shape")
def response_shape(server: Beneath, request: Request) -> Response:
    response = server(request)
    results = _results(request, response)
    if not results:
        return response
    shaped = {str(result.get("bulkId", number)): result for number, result in enumerate(results)}
    return with_content(response, content(response) | {"Operations": shaped})


def _results(request: Request, response: Response) -> list[dict[str, Any]]:
    found = content(response).get("Operations") if is_on(request, "/Bulk", "POST") and response.status == 200 else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _as_if_done(result: dict[str, Any]) -> dict[str, Any]:
    if result.get("status") != "400":
        return result
    told = {name: value for name, value in result.items() if name != "response"}
    return told | {"status": "201" if result.get("method") == "POST" else "200"}
