"""What holds in every test, whatever it is about. A breach is written down where it happens, in whichever thread and under
whatever ``except``, and fails the test that is running then (conftest.py).

*No socket leaves this machine*, and on it none goes but to the servers that are named: PostgreSQL and Redis of the environment,
and what this process bound, if only to find a free port: the live portal, processes of the suite's own. Sockets of C libraries
(libpq) are not seen; they go where the environment says.

*No template asks for what nobody gives*: neither to show it nor to decide by it, for a name that was mistyped in an ``if`` hides
a button from everybody. OPTIONAL lists what some pages give and others do not.
"""

import os
import socket
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict
from django.template.base import Variable, VariableDoesNotExist

from tests.optional_names import OPTIONAL

BREACHES: list[str] = []
OURS = str(Path(__file__).resolve().parent.parent / "templates") + os.sep
LOOPBACK = ("127.", "::1", "localhost")
NOBODY = 1  # the port where tests know that nobody listens
_named = {NOBODY} | {urlsplit(os.environ.get(name, "")).port for name in ("DATABASE_URL", "REDIS_URL")}


def breaches() -> list[str]:
    """What was done against the rules since somebody asked last."""
    found = BREACHES.copy()
    BREACHES.clear()
    return found


class Outside(OSError):
    """Refused as by a machine without a network; those who must not fail for it do not."""


def _guard(event: str, words: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo" and not _is_here(words[0]):
        _refuse(f"asked for the address of {words[0]}")
    elif event in ("socket.connect", "socket.sendto") and words[0].family in (socket.AF_INET, socket.AF_INET6):
        host, port = words[1][:2]
        if not _is_here(host) or port not in _named:
            _refuse(f"{event} to {host}:{port}")


def _is_here(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    return not name or name.startswith(LOOPBACK)


def _refuse(what: str) -> None:
    BREACHES.append(f"a socket to nobody who is named: {what}")
    raise Outside(what)


def _bind(self: socket.socket, address: Any, bind: Any = socket.socket.bind) -> None:
    """Whatever this process binds may be spoken to."""
    bind(self, address)
    if self.family in (socket.AF_INET, socket.AF_INET6):
        _named.add(self.getsockname()[1])


def _look_up(self: Variable, context: Any, look_up: Any = Variable._resolve_lookup) -> Any:
    try:
        return look_up(self, context)
    except VariableDoesNotExist as error:
        template = _template_of(context)
        if template.startswith(OURS) and str(self.var) not in OPTIONAL and not _is_merely_absent(error.params[1]):
            BREACHES.append(f"{template.removeprefix(OURS)} asks for {self.var}, which nobody gives")
        raise


def _template_of(context: Any) -> str:
    """The file of the page that is drawn; empty when there is none."""
    template = getattr(context, "template", None) or context.render_context.template
    return str(template.origin.name) if template else ""


def _is_merely_absent(where: Any) -> bool:
    """The name was right: its owner is nobody today (a session without a service), or the query of the address lacks it."""
    return (
        where is None or where == "" or isinstance(where, QueryDict) or isinstance(where, (list, tuple)) and not where
    )


socket.socket.bind = _bind  # type: ignore[method-assign, assignment]
sys.addaudithook(_guard)
Variable._resolve_lookup = _look_up  # type: ignore[attr-defined]
