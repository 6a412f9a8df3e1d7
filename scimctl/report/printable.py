"""Text of a server or a file, made harmless: it must not steer the terminal that shows it, nor stop the writer."""

import re

_STEERING = re.compile("[\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def printable(text: str, keep_newlines: bool = False) -> str:
    """Control and bidirectional characters, line ends and lone surrogates as escapes, all else as it is."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or (char == "\n" and keep_newlines) else char.encode("unicode_escape").decode()
        for char in text
    )


def safe_json(text: str) -> str:
    """A JSON document that says the same, with what `json.dumps` leaves of steering characters as JSON escapes."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 request`, `2 requests`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
