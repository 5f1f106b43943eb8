"""Run things at the same moment, each in a thread with a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def race(*works: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment; give each one's answer or exception."""
    barrier, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int) -> None:
        barrier.wait()
        try:
            answers[place] = works[place]()
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            answers[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def errors(answers: list[Any], *expected: type[Exception]) -> list[Any]:
    """Exceptions that nobody expects, such as a deadlock."""
    return [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, expected)]
