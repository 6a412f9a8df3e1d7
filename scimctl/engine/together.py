"""Requests that go out at the same moment, each in a thread of its own."""

import threading
from collections.abc import Callable, Sequence

from scimctl.exchange import Answer, Request


def at_once(send: Callable[[Request], Answer], requests: Sequence[Request]) -> list[Answer]:
    """The answers to `requests`, in their order; no request leaves before every thread is ready.

    Raises what `send` raised for the first request for which it raised something.
    """
    answers: list[Answer | BaseException] = [RuntimeError("not sent")] * len(requests)
    start = threading.Barrier(len(requests))

    def work(place: int) -> None:
        start.wait()
        try:
            answers[place] = send(requests[place])
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for the answers, which raises it
            answers[place] = error

    # Daemons, as the workers are: a read that hangs must not keep an interrupted program from ending.
    threads = [threading.Thread(target=work, args=(place,), daemon=True) for place in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [_answer(each) for each in answers]


def _answer(each: Answer | BaseException) -> Answer:
    if isinstance(each, BaseException):
        raise each
    return each
