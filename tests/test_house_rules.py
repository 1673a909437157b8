"""The rules that hold in every test bite."""

import socket

import pytest
from django.template import Context, Engine, Origin, Template

from tests.house_rules import OURS, Outside, breaches

PAGE = Origin(name=f"{OURS}somewhere.html")


def drawn(source: str, **given: object) -> list[str]:
    """What a template of ours that says this does against the rules."""
    Template(source, origin=PAGE, engine=Engine.get_default()).render(Context(given))
    return breaches()


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("127.0.0.1", 9)])
def test_a_socket_to_nobody_who_is_named_is_refused_and_written_down(address: tuple[str, int]) -> None:
    with socket.socket() as out, pytest.raises(Outside):
        out.connect(address)
    with socket.socket(type=socket.SOCK_DGRAM) as out, pytest.raises(Outside):
        out.sendto(b"word", address)
    assert len(breaches()) == 2


def test_no_name_beyond_this_machine_is_looked_up() -> None:
    with pytest.raises(Outside):
        socket.create_connection(("example.org", 80), timeout=1)
    assert len(breaches()) == 1


def test_what_this_process_bound_may_be_spoken_to() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(server.getsockname(), timeout=1):
            pass
    assert breaches() == []


@pytest.mark.parametrize(
    "source",
    [
        "{{ mistyped }}",
        "{{ mistyped|default:'—' }}",
        "{% if mistyped %}button{% endif %}",
        "{{ known.mistyped }}",
        "{% for row in mistyped %}{{ row }}{% endfor %}",
    ],
)
def test_a_name_that_nobody_gives_is_written_down(source: str) -> None:
    (breach,) = drawn(source, known=object())
    assert "somewhere.html asks for" in breach


@pytest.mark.parametrize("source", ["{{ known }}", "{{ nobody.name }}", "{% if nobody.house.phone %}call{% endif %}"])
def test_what_is_merely_absent_today_is_no_breach(source: str) -> None:
    assert drawn(source, known="x", nobody=None) == []


def test_a_template_of_others_may_ask_for_anything() -> None:
    theirs = Template("{{ mistyped }}", origin=Origin(name="/elsewhere/page.html"), engine=Engine.get_default())
    theirs.render(Context())
    assert breaches() == []
