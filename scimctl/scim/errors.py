"""What a SCIM server answers instead of a resource: status, scimType, detail (RFC 7644 §3.12)."""


class ScimError(Exception):
    """A refusal with an HTTP status, a scimType of RFC 7644 Table 9 or None, and a sentence for people."""

    def __init__(self, status: int, detail: str, scim_type: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.scim_type = scim_type


def invalid_filter(detail: str) -> ScimError:
    """400 for a filter that breaks the grammar, or compares what cannot be compared."""
    return ScimError(400, detail, "invalidFilter")


def invalid_syntax(detail: str) -> ScimError:
    """400 for a body that is not the message it should be."""
    return ScimError(400, detail, "invalidSyntax")


def invalid_path(detail: str) -> ScimError:
    """400 for a PATCH path that is malformed or names nothing in the schemas."""
    return ScimError(400, detail, "invalidPath")


def invalid_value(detail: str) -> ScimError:
    """400 for a value that is missing or does not fit its attribute."""
    return ScimError(400, detail, "invalidValue")


def invalid_cursor(detail: str) -> ScimError:
    """400 for a cursor that was not given out for this query (RFC 9865 §2.1)."""
    return ScimError(400, detail, "invalidCursor")


def expired_cursor(detail: str) -> ScimError:
    """400 for a cursor that was waited with too long (RFC 9865 §2.1)."""
    return ScimError(400, detail, "expiredCursor")


def invalid_count(detail: str) -> ScimError:
    """400 for a page size that cannot be, when paging by cursor (RFC 9865 §2.1)."""
    return ScimError(400, detail, "invalidCount")


def too_many(detail: str) -> ScimError:
    """400 for a query that too many resources match (RFC 7644 §3.4.2.1)."""
    return ScimError(400, detail, "tooMany")


def no_target(detail: str) -> ScimError:
    """400 for a PATCH operation whose path selects nothing to work on."""
    return ScimError(400, detail, "noTarget")


def mutability(detail: str) -> ScimError:
    """400 for a change of what may not be changed."""
    return ScimError(400, detail, "mutability")


def sensitive(detail: str) -> ScimError:
    """403 for a filter over an attribute that is never returned (RFC 7644 §7.5.2)."""
    return ScimError(403, detail, "sensitive")


def uniqueness(detail: str) -> ScimError:
    """409 for a value that another resource has already."""
    return ScimError(409, detail, "uniqueness")


def not_found(detail: str) -> ScimError:
    """404 for a resource or an endpoint that is not there."""
    return ScimError(404, detail)
