"""Reading the files that a person names."""

from pathlib import Path

from scimctl.diagnostic import InputError, usage_error
from scimctl.source import SourceText


def read_source(path: Path, name: str | None = None) -> SourceText:
    """The text of a UTF-8 file, shown to people as `name`. Raises InputError for one that cannot be read."""
    shown = name or str(path)
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise usage_error(f"{shown} is not UTF-8 at byte {error.start}", "save it as UTF-8") from error
    except OSError as error:
        raise _unreadable(shown, error) from error
    return SourceText(shown, text)


def _unreadable(shown: str, error: OSError) -> InputError:
    return usage_error(f"{shown} cannot be read: {(error.strerror or str(error)).lower()}", "check the path")
