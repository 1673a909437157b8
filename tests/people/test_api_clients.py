"""Keys for programs of other organisations: what each may do, until it is taken back."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from community_portal import clock
from community_portal.people import api_clients
from community_portal.people.api_clients import find_client, issue_client, revoke_client
from community_portal.people.api_keys import ClientPace, Clients, Tokens, may
from community_portal.people.models import ApiClient, Organisation, Role
from community_portal.people.once import scope_of
from community_portal.refusals import Changed, NotAllowed, Refusal
from tests.cast import Cast
from tests.factories import make_member, make_street

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def scopes(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"one": "报一样", "other": "报另一样"}
    monkeypatch.setattr(api_clients, "SCOPES", known)
    monkeypatch.setattr("community_portal.people.staff.clients.SCOPES", known)


@pytest.fixture
def vendor(db: None) -> Organisation:
    return Organisation.objects.create(name="电满满", kind=Role.OPERATOR)


def issue(vendor: Organisation, **over: Any) -> tuple[ApiClient, str]:
    return issue_client(vendor, **{"name": "平台", "scopes": ["one"], "by": None, "at": clock.now()} | over)


class Door(APIView):
    authentication_classes = [Clients]
    permission_classes = [may("one")]
    throttle_classes = [ClientPace]

    def get(self, request: Any) -> Response:
        return Response({"who": request.auth.organisation.name, "scope": scope_of(request)})


class OtherDoor(Door):
    permission_classes = [may("other")]


class DoorOfAccounts(APIView):
    authentication_classes = [Tokens]

    def get(self, request: Any) -> Response:
        return Response()


def knock(door: Any, authorization: str) -> Any:
    return door.as_view()(APIRequestFactory().get("/", HTTP_AUTHORIZATION=authorization))


def test_a_key_opens_what_it_names_and_nothing_else(vendor: Organisation, fresh_limits: None) -> None:
    """Scope by door."""
    tokens = {
        scopes: issue(vendor, name=str(scopes), scopes=scopes)[1] for scopes in (("one",), ("other",), ("one", "other"))
    }
    opened = {
        (scopes, door.__name__): knock(door, f"Client {token}").status_code
        for scopes, token in tokens.items()
        for door in (Door, OtherDoor)
    }
    assert opened == {
        (("one",), "Door"): 200, (("one",), "OtherDoor"): 403,
        (("other",), "Door"): 403, (("other",), "OtherDoor"): 200,
        (("one", "other"), "Door"): 200, (("one", "other"), "OtherDoor"): 200,
    }  # fmt: skip


def test_the_call_is_in_the_name_of_the_organisation(vendor: Organisation, fresh_limits: None) -> None:
    client, token = issue(vendor)
    assert knock(Door, f"Client {token}").data == {"who": "电满满", "scope": f"client:{client.pk}"}


@pytest.mark.parametrize("said", ["", "Client", "Client x", "Client " + "x" * 32, "Token {token}", "Client é"])
def test_without_the_key_nothing_opens(vendor: Organisation, said: str, fresh_limits: None) -> None:
    _client, token = issue(vendor)
    assert knock(Door, said.format(token=token)).status_code in (401, 403)
    assert knock(DoorOfAccounts, f"Client {token}").status_code == 401


def test_a_key_taken_back_ends_with_the_next_call(vendor: Organisation, fresh_limits: None) -> None:
    client, token = issue(vendor)
    revoke_client(client, by=None, at=clock.now())
    assert knock(Door, f"Client {token}").status_code == 401
    with pytest.raises(Changed):
        revoke_client(client, by=None, at=clock.now())
    issue(vendor)  # the name is free again


def test_each_key_has_its_own_pace(vendor: Organisation, fresh_limits: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ClientPace, "get_rate", lambda self: "2/min")
    tokens = [issue(vendor, name=str(n))[1] for n in range(2)]
    assert [knock(Door, f"Client {tokens[0]}").status_code for _ in range(3)] == [200, 200, 429]
    assert knock(Door, f"Client {tokens[1]}").status_code == 200


def test_when_it_called_last_to_the_minute(vendor: Organisation) -> None:
    client, token = issue(vendor)
    at = clock.now()
    for later in (0, 30, 90):
        find_client(token, at=at + dt.timedelta(seconds=later))
    client.refresh_from_db()
    assert client.last_used_at == at + dt.timedelta(seconds=90)
    assert token not in str(ApiClient.objects.values().get())


def test_two_of_a_name_and_nothing_to_do(vendor: Organisation) -> None:
    issue(vendor)
    for over, code in (
        ({}, "client_exists"),
        ({"name": "b", "scopes": []}, "no_scope"),
        ({"name": "b", "scopes": ["x"]}, "no_scope"),
    ):
        with pytest.raises(Refusal) as refusal:
            issue(vendor, **over)
        assert refusal.value.code == code
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiClient.objects.update(scopes=[])


def test_the_street_where_it_works_decides(vendor: Organisation, cast: Cast) -> None:
    elsewhere = make_member(Role.STREET_OFFICER, street=make_street())
    client, _token = issue(vendor, by=cast.street_officer)
    vendor.streets.add(cast.street)
    for who in (cast.manager, cast.reception, elsewhere):
        with pytest.raises(NotAllowed):
            issue(vendor, name="x", by=who)
        with pytest.raises(NotAllowed):
            revoke_client(client, by=who, at=clock.now())
    revoke_client(client, by=cast.street_officer, at=clock.now())


def test_the_page_shows_a_new_key_once(vendor: Organisation, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.street_officer)
    given = {"form": "issue", "organisation": vendor.pk, "name": "平台", "scopes": ["one"], "once": "k" * 32}
    token = client.post("/settings/clients/", given).context["token"]
    assert find_client(token, at=clock.now())
    page = client.get("/settings/clients/").content.decode()
    assert token not in page and "电满满" in page and "报一样" in page
    assert client.post("/settings/clients/", {"revoke": ApiClient.objects.get().pk}).status_code == 303
    assert find_client(token, at=clock.now()) is None
    assert "已停用" in client.get("/settings/clients/").content.decode()
    assert signed_in(cast.manager).post("/settings/clients/", given | {"name": "b"}).status_code == 403
    assert client.post("/settings/clients/", given | {"scopes": [], "once": ""}).status_code == 422


def test_the_command_gives_and_takes_back(vendor: Organisation) -> None:
    out = io.StringIO()
    call_command("api_client", "电满满", name="平台", scopes=["one"], stdout=out)
    assert find_client(out.getvalue().strip(), at=clock.now())
    for wrong in ({"name": "平台", "scopes": ["one"]}, {"name": "b"}, {"name": "b", "revoke": True}):
        with pytest.raises(CommandError):
            call_command("api_client", "电满满", **wrong)
    with pytest.raises(CommandError):
        call_command("api_client", "没有", name="平台")
    call_command("api_client", "电满满", name="平台", revoke=True, stdout=out)
    assert not ApiClient.objects.live().exists()
