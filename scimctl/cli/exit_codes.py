"""How a command ends, for scripts and CI."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command; docs/cli.md says more."""

    CONFORMS = 0
    SERVER_WRONG = 1
    INPUT_WRONG = 2
    UNKNOWN = 3
    NOTHING_RUN = 4
    OUR_BUG = 70
    INTERRUPTED = 130
