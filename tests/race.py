"""Many people at once, each with a connection of their own, all let go at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def all_at_once(deeds: list[Callable[[], Any]]) -> list[Any]:
    """Runs every deed in its own thread and connection; answers results or exceptions, in order."""
    answers: list[Any] = [None] * len(deeds)
    gate = threading.Barrier(len(deeds))

    def run(place: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(timeout=30)
            answers[place] = deeds[place]()
        except Exception as error:  # the answer of a race may be any error
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers
