"""A rule of an RFC or of Okta, with its level."""

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How binding a requirement is (RFC 2119): SHALL and REQUIRED are MUST, RECOMMENDED is SHOULD, OPTIONAL is MAY."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One rule that a server can be seen to keep or break.

    `document` is `RFC 7643`, `RFC 7644`, `RFC 9865`, `Okta` or `Wrike`; `section` is the section or page; `quote`
    holds a dozen words of the document at most, where the exact words decide; `derived` marks what follows from a
    section without a sentence of its own.
    """

    id: str
    document: str
    section: str
    level: Level
    rule: str
    quote: str = ""
    derived: bool = False

    @property
    def source(self) -> str:
        """How a report cites it: `RFC 7644 §3.3`, `follows from RFC 7644 §3.4.1`, `Okta`."""
        if not self.document.startswith("RFC"):
            return self.document
        cited = f"{self.document} §{self.section}"
        return f"follows from {cited}" if self.derived else cited
