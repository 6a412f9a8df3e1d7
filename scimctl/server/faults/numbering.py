"""Ids as numbers: for servers whose ids are the keys of a database table, and that show them as such."""

import re
from dataclasses import replace
from urllib.parse import quote
from zlib import crc32

from scimctl.exchange import Request
from scimctl.jsonvalue import Json
from scimctl.server.faults.exchanges import content, with_content
from scimctl.server.faults.registry import Beneath

_QUOTED = re.compile(r'"(\d+)"')


def number_of(server: Beneath, resource_id: str) -> int:
    """The number that stands for an id from now on: the id itself if it is one."""
    is_number = resource_id.isascii() and resource_id.isdecimal()
    number = int(resource_id) if is_number else crc32(resource_id.encode("utf-8", "surrogatepass"))
    server.memory[str(number)] = resource_id
    return number


def with_real_ids(server: Beneath, request: Request) -> Request:
    """The same request with the ids of the server where a client used the numbers that it was shown."""
    collection, _, last = request.path.rpartition("/")
    if collection == "/Users" and last in server.memory:
        query = f"?{request.query}" if request.query else ""
        return replace(request, target=f"/Users/{quote(server.memory[last], safe='')}{query}")
    body = content(request)
    if not request.path.startswith("/Groups") or not body:
        return request
    real = _real(server, body)
    return request if real == body else with_content(request, real)


def _real(server: Beneath, value: Json) -> Json:
    if isinstance(value, list):
        return [_real(server, entry) for entry in value]
    if not isinstance(value, dict):
        return value
    out = {name: _real(server, inner) for name, inner in value.items()}
    for name, inner in out.items():
        if name.lower() == "value" and str(inner) in server.memory:
            out[name] = server.memory[str(inner)]
        elif name.lower() == "path" and isinstance(inner, str):
            out[name] = _QUOTED.sub(lambda found: f'"{server.memory.get(found[1], found[1])}"', inner)
    return out
