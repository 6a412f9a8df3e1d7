"""What a hostile server is: a name, what it does in words, and how to start it."""

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

SMALL = ("okta.credentials.test", "okta.users.create[oin]")
"""What `scimctl run` plays against a hostile server, unless its row says otherwise."""

QUICK = 0.3
"""The `--timeout` where the server lets us wait, in seconds."""


def nobody_left() -> int:
    """How many accounts are left on a server that never makes one."""
    return 0


@dataclass(frozen=True, slots=True)
class Site:
    """A hostile server that runs: its base URL, options that it needs, and how many of our accounts it still has."""

    base_url: str
    options: tuple[str, ...] = ()
    left: Callable[[], int] = nobody_left


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way to misbehave; `timeout` is that of the command in seconds, `plays` what `scimctl run` plays."""

    name: str
    does: str
    start: Callable[[], AbstractContextManager[Site]]
    timeout: float = 5.0
    plays: tuple[str, ...] = SMALL


@dataclass(slots=True)
class Zoo:
    """The cases by name, in the order in which they are told."""

    cases: dict[str, Case] = field(default_factory=dict)

    def add(self, case: Case) -> None:
        """Takes one more; a name that is taken is a mistake."""
        assert case.name not in self.cases, case.name
        self.cases[case.name] = case


def fixed(base_url: str, *options: str) -> Callable[[], AbstractContextManager[Site]]:
    """Starts nothing: the address alone is the trap."""
    return lambda: contextlib.nullcontext(Site(base_url, options))
