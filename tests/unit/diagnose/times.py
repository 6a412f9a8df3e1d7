"""The clock of the stories."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)


def at(minutes: float) -> str:
    """A time so many minutes after the beginning of the story, as Okta writes it."""
    return (START + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
