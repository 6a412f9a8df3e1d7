"""All requests of a run go through here: counted, slowed down when the server asks for it, watched for its death."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from scimctl import waiting
from scimctl.events import Waiting
from scimctl.exchange import CONNECTION_FAULTS, Answer, FaultKind, Request, Response, Send, TransportFault

LONGEST_WAIT = 60.0
"""Seconds that one `Retry-After` is waited out at most."""
ALL_WAITS = 300.0
"""Seconds that a run waits in all."""
_MOST_TRIES = 10
_WAIT_WITHOUT_HEADER = 300.0
_PIECE = 0.5

CANARY = Request("GET", "/Users?startIndex=1&count=1")


class StoppedError(Exception):
    """The run was interrupted: no further request goes out."""


@dataclass(slots=True)
class Session:
    """Sends for a whole run, from any thread.

    `sleep` waits for a number of seconds; `announce` is told of each wait before it begins. Where `is_patient`, waits
    have no bounds, for nobody really waits. `elsewhere` sends to another server than the target, by its address.
    """

    send_raw: Send
    sleep: Callable[[float], None]
    announce: Callable[[Waiting], None]
    stop: threading.Event
    is_patient: bool = False
    elsewhere: Callable[[str, Request], Answer] | None = None
    requests: int = 0
    dead: str = ""
    _waited: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, request: Request, *, while_stopping: bool = False) -> Answer:
        """The answer to `request`; a 429 is waited out and tried again, as Okta does.

        Raises StoppedError when the run was interrupted, unless it is for clean-up.
        """
        wait = 0.0
        for attempt in range(_MOST_TRIES):
            if self.stop.is_set() and not while_stopping:
                raise StoppedError
            with self._lock:
                self.requests += 1
            answer = self.send_raw(request)
            if not isinstance(answer, Response) or answer.status != 429:
                return answer
            if attempt == _MOST_TRIES - 1:
                break
            wait = _asked_wait(answer) if attempt == 0 else wait * 2
            if not self._may_wait(wait):
                detail = f"429 Too Many Requests, and Okta would wait {wait:.0f} s before the next try"
                return TransportFault(FaultKind.RATE_LIMIT, detail, answer.elapsed, 429)
            waiting.begins()
            self.announce(Waiting(seconds=wait, reason=f"{request.method} {request.path} was answered with 429"))
            self.sleep(wait)
        detail = f"429 Too Many Requests, {_MOST_TRIES} times: Okta gives up, and an admin has to retry the task"
        return TransportFault(FaultKind.RATE_LIMIT, detail, 0.0, 429)

    def _may_wait(self, seconds: float) -> bool:
        with self._lock:
            if not self.is_patient and (seconds > LONGEST_WAIT or self._waited + seconds > ALL_WAITS):
                return False
            self._waited += seconds
            return True

    def pause(self, seconds: float, reason: str) -> None:
        """Waits because a scenario asks for it, in pieces, so that an interruption ends it.

        Raises StoppedError when the run was interrupted.
        """
        waiting.begins()
        self.announce(Waiting(seconds=seconds, reason=reason))
        while seconds > 0 and not self.stop.is_set():
            self.sleep(min(seconds, _PIECE))
            seconds -= _PIECE
        if self.stop.is_set():
            raise StoppedError

    def is_alive(self) -> bool:
        """Asks the canary after a transport fault; any HTTP answer but 401 and 403 is life. The dead are remembered."""
        if self.dead:
            return False
        answer = self.send(CANARY, while_stopping=True)
        self.dead = no_life(answer)
        return not self.dead


def no_life(answer: Answer) -> str:
    """Why an answer to the canary shows no life; empty when it does."""
    if isinstance(answer, Response):
        return f"{answer.status} {answer.reason}" if answer.status in (401, 403) else ""
    if answer.kind in CONNECTION_FAULTS or answer.status is None:
        return f"{answer.kind.value}: {answer.detail}"
    return ""


def _asked_wait(answer: Response) -> float:
    # Okta takes whole seconds only; an HTTP date or anything else counts as no header.
    text = (answer.headers.get("Retry-After") or "").strip()
    return float(text) if text.isascii() and text.isdigit() else _WAIT_WITHOUT_HEADER
