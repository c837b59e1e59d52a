"""Examples of commands that are carried out once, however often they are sent."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

import pytest

from crmcore.errors import (
    InvalidValueError,
    KeyReusedError,
    NotFoundError,
)
from crmcore.storage import Store, UnitOfWork, run

from ._promises import Promises
from ._samples import all_ids, customer

COMMANDING: Final = Promises()

_THREADS: Final = 4
_ATTEMPTS: Final = 20
_MEANWHILE_SECONDS: Final = 0.2


def add_once(uow: UnitOfWork) -> str:
    """Add a customer, once only, and return what is answered."""
    known = uow.once("command-1", request="add c-1")
    if known is not None:
        return str(known.answer)
    uow.customers.add(customer("c-1"))
    uow.answer("command-1", "c-1 is there")
    return "c-1 is there"


@COMMANDING
def a_command_is_carried_out_once(store: Store) -> None:
    """Whoever sends a command again gets the answer of the first time, and nothing is done."""
    assert run(store, add_once) == "c-1 is there"
    assert run(store, add_once) == "c-1 is there"
    assert all_ids(store) == ["c-1"]

    with store.unit_of_work() as uow:
        found = uow.once("command-1", request="add c-1")
        assert found is not None
        assert (found.id, found.answer) == ("command-1", "c-1 is there")


@COMMANDING
def a_key_stands_for_one_request(store: Store) -> None:
    """Another request under the same key is refused by the key, and the first one stands."""
    run(store, add_once)

    with store.unit_of_work() as uow:
        with pytest.raises(KeyReusedError) as caught:
            uow.once("command-1", request="add c-2")
        assert caught.value.key == "command-1"
        assert uow.once("command-2", request="add c-1") is None


@COMMANDING
def a_command_that_was_not_kept_was_not_sent(store: Store) -> None:
    """Without a commit there is neither the change nor the command, so it can be sent again."""
    with store.unit_of_work() as uow:
        add_once(uow)

    assert all_ids(store) == []
    with store.unit_of_work() as uow:
        assert uow.once("command-1", request="something else") is None


@COMMANDING
def a_command_is_known_within_its_unit(store: Store) -> None:
    """The same unit of work finds what it has begun, and what it has answered."""
    with store.unit_of_work() as uow:
        assert uow.once("command-1", request="do it") is None
        begun = uow.once("command-1", request="do it")
        uow.answer("command-1", "done")
        done = uow.once("command-1", request="do it")

    assert begun is not None
    assert begun.answer is None
    assert done is not None
    assert done.answer == "done"


@COMMANDING
def a_command_may_have_no_answer(store: Store) -> None:
    """What was carried out without an answer is carried out; it may be answered later."""
    with store.unit_of_work() as uow:
        uow.once("command-1", request="do it")
        uow.commit()

    with store.unit_of_work() as uow:
        found = uow.once("command-1", request="do it")
        assert found is not None
        assert found.answer is None
        uow.answer("command-1", "")
        uow.commit()

    with store.unit_of_work() as uow:
        found = uow.once("command-1", request="do it")
        assert found is not None
        assert found.answer == ""


@COMMANDING
def requests_and_answers_are_text_of_any_length(store: Store) -> None:
    """A request is compared to its last character, and an answer comes back to the last one."""
    request = "做" * 100_000
    answer = '{"rows": ["\\n\\t", "😀"]}' + "x" * 100_000
    with store.unit_of_work() as uow:
        uow.once("k", request=request)
        uow.answer("k", answer)
        uow.commit()

    with store.unit_of_work() as uow:
        found = uow.once("k", request=request)
        assert found is not None
        assert found.answer == answer
        with pytest.raises(KeyReusedError):
            uow.once("k", request=f"{request}.")


@COMMANDING
def what_was_not_asked_cannot_be_answered(store: Store) -> None:
    """An answer belongs to a command, and a key is an id."""
    with store.unit_of_work() as uow:
        with pytest.raises(NotFoundError) as caught:
            uow.answer("command-1", "done")
        assert (caught.value.kind, caught.value.key) == ("command", "command-1")
        for key in ("", " k", "x" * 65):
            with pytest.raises(InvalidValueError):
                uow.once(key, request="do it")


@COMMANDING
def a_command_that_is_sent_twice_at_once_is_carried_out_once(store: Store) -> None:
    """Of two who send it at the same moment one carries it out, and both get its answer.

    Whoever is refused is told to try again, and finds the answer then.
    """
    others: list[Future[str]] = []

    def send() -> str:
        return run(store, add_once, attempts=_ATTEMPTS)

    def send_while_another_does(uow: UnitOfWork) -> str:
        answer = add_once(uow)
        if not others:
            others.append(threads.submit(send))
            wait(others, timeout=_MEANWHILE_SECONDS)  # in some stores it waits until this is over
        return answer

    with ThreadPoolExecutor(1) as threads:
        answer = run(store, send_while_another_does, attempts=_ATTEMPTS)

    assert (answer, others[0].result()) == ("c-1 is there", "c-1 is there")
    assert all_ids(store) == ["c-1"]


@COMMANDING
def a_command_that_many_send_is_carried_out_once(store: Store) -> None:
    """However many threads send it, it is carried out once, and all get its answer."""
    with ThreadPoolExecutor(_THREADS) as threads:
        sent = [threads.submit(run, store, add_once, attempts=_ATTEMPTS) for _ in range(8)]

    assert [answer.result() for answer in sent] == ["c-1 is there"] * 8
    assert all_ids(store) == ["c-1"]
