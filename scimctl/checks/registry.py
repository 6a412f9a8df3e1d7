"""Passive checks: each looks at one exchange, whatever made it. Registering is all that importing a check does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scimctl.checks.context import View
from scimctl.finding import Problem

Applies = Callable[[View], bool]
Judge = Callable[[View], Iterable[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A passive check: its permanent id, the requirement it tests, what it says in a sentence, and the test."""

    id: str
    requires: str
    title: str
    applies: Applies
    judge: Judge


_REGISTERED: dict[str, Check] = {}


def check(check_id: str, *, requires: str, applies: Applies) -> Callable[[Judge], Judge]:
    """Registers a function as a passive check; the first line of its docstring is the check's title.

    Raises ValueError when the id is taken, or the docstring is missing.
    """

    def register(judge: Judge) -> Judge:
        title = (judge.__doc__ or "").strip().partition("\n")[0].rstrip(".")
        if check_id in _REGISTERED or not title:
            raise ValueError(f"check {check_id!r} is registered already, or has no docstring")
        _REGISTERED[check_id] = Check(id=check_id, requires=requires, title=title, applies=applies, judge=judge)
        return judge

    return register


def registered() -> tuple[Check, ...]:
    """Every check that has been imported, in order of registration."""
    return tuple(_REGISTERED.values())
