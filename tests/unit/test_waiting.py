"""Work that is put off until a thread waits, and the answers that it must not spoil."""

import socket
import threading
import time
from collections.abc import Callable
from contextvars import copy_context

from scimctl import waiting
from scimctl.exchange import Answer, Response
from scimctl.wire.client import Wire
from tests import servers
from tests.unit.wired import GET, settings

_PATIENCE = 5.0


def send_with(work: Callable[[], None], behaviour: servers.Behaviour, **changes: object) -> Answer:
    """The answer to a request on a kept connection, before whose wait `work` is done."""

    def second_only(connection: socket.socket, request: bytes) -> None:
        (behaviour if len(server.requests) > 1 else servers.answering())(connection, request)

    def play() -> Answer:
        with Wire(settings(server.base_url, **changes)) as wire:
            wire.send(GET)
            waiting.use(work)
            return wire.send(GET)

    with servers.running(second_only) as server:
        return copy_context().run(play)


def test_the_work_is_done_while_the_server_has_the_request() -> None:
    arrived, done = threading.Event(), threading.Event()
    seen: list[bool] = []

    def behave(connection: socket.socket, request: bytes) -> None:
        arrived.set()
        # Work that waited for the answer would never be done.
        if done.wait(_PATIENCE):
            connection.sendall(servers.message())

    def work() -> None:
        seen.append(arrived.wait(_PATIENCE))
        done.set()

    assert send_with(work, behave).status == 200
    assert seen == [True]


def test_a_server_that_has_answered_is_not_blamed_for_our_work() -> None:
    # Longer than the silence and the whole answer may last.
    answer = send_with(lambda: time.sleep(1), servers.answering(), timeout=0.1)
    assert isinstance(answer, Response)
    assert answer.elapsed < 1


def test_the_time_of_a_server_that_is_slower_than_our_work_is_told_whole() -> None:
    done = threading.Event()

    def behave(connection: socket.socket, request: bytes) -> None:
        if done.wait(_PATIENCE):
            time.sleep(0.2)
            connection.sendall(servers.message())

    def work() -> None:
        time.sleep(0.1)
        done.set()

    answer = send_with(work, behave)
    assert isinstance(answer, Response)
    assert answer.elapsed >= 0.3


def test_a_thread_that_put_nothing_off_just_waits() -> None:
    assert copy_context().run(waiting.begins) == 0.0
