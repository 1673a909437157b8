"""The doors of help requests: what may be done at one."""

from typing import Any

from appointments.models import HelpRequest
from appointments.workflow import State
from community_portal.front.doors import Door
from tests.cast import Cast
from tests.help_requests import put_into, take_in


def field_of(client: Any) -> tuple[dict[str, list[Door]], str]:
    answer = client.get("/field/")
    return {name: answer.context[name] for name in ("waiting", "doors", "later", "others")}, answer.content.decode()


def labels_of(door: Door) -> list[str]:
    return [str(deed.label) for deed in door.deeds]


def test_what_may_be_done_follows_from_the_state(cast: Cast, signed_in: Any) -> None:
    request = take_in(cast)
    HelpRequest.objects.filter(pk=request.pk).update(not_home_count=2)
    shown, page = field_of(signed_in(cast.officer))
    [door] = shown["doors"]
    set_out = next(deed for deed in door.deeds if deed.fields is not None)
    assert (str(set_out.label), set_out.fields) == ("出发", {"seen": request.version, "from": "field"})
    assert f"/requests/{request.case.number}/verify/?from=field" in page and "2 次没见到人" in page
    put_into(request, State.VISITING, cast.officer)
    shown, _page = field_of(signed_in(cast.officer))
    assert labels_of(shown["doors"][0]) == ["没人", "记录"]
    put_into(request, State.VERIFIED, cast.officer)
    shown, page = field_of(signed_in(cast.officer))
    assert not shown["doors"] and "今天没有要上门核实的" in page
