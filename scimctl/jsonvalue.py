"""JSON as it goes over the wire: the alias `Json`, strict reading, compact writing, RFC 6901 pointers."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class NotJsonError(ValueError):
    """The bytes are not one JSON document; the message says where and why, without a line of the document."""


def _refuse_constant(name: str) -> None:
    raise NotJsonError(f"{name} is not JSON (RFC 8259 §6)")


# Made once, because making them takes longer than reading a small document.
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def parse(body: bytes) -> Json:
    """The JSON document in `body`.

    Raises NotJsonError for an empty body, a broken encoding, a syntax error, NaN and Infinity, numbers longer than
    Python converts, and nesting deeper than the interpreter follows. Of two equal keys the last wins, as in
    every common parser; `duplicate_keys` tells of them.
    """
    if not body or body.isspace():
        raise NotJsonError("the body is empty")
    try:
        value: Json = _DECODER.decode(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotJsonError(f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise NotJsonError(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise NotJsonError("nested too deeply to read") from error
    except ValueError as error:
        raise NotJsonError(str(error)) from error
    return value


def duplicate_keys(body: bytes) -> list[str]:
    """Names that occur more than once in one object of `body`, which must be a document that `parse` reads."""
    twice: list[str] = []

    def collect(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        members = dict(pairs)
        if len(members) < len(pairs):
            times = Counter(name for name, _ in pairs)
            twice.extend(name for name, count in times.items() if count > 1)
        return members

    json.loads(body.decode("utf-8-sig"), object_pairs_hook=collect)
    return twice


def compact(value: Json) -> bytes:
    """`value` without a space, keys in their order, as UTF-8: the form Okta's bodies have."""
    return _ENCODER.encode(value).encode("utf-8", "surrogatepass")


def show(value: Json, limit: int = 200) -> str:
    """`value` on one line for people, cut at `limit` characters with an ellipsis."""
    text = json.dumps(value, ensure_ascii=False)
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def pointer(parts: Iterable[str | int]) -> str:
    """The RFC 6901 pointer of a path of keys and indexes; the whole document is the empty string."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
