"""Errors of the API have one shape."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import NotAuthenticated, Throttled
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web import pages


class Body(serializers.Serializer):
    name = serializers.CharField(max_length=3)
    count = serializers.IntegerField()


def answer_to(error):
    class Raises(APIView):
        permission_classes: list = []
        throttle_classes: list = []

        def get(self, request):
            raise error

    response = Raises.as_view()(APIRequestFactory().get("/"))
    assert isinstance(response, Response)
    return response


@pytest.mark.parametrize(
    ("error", "status", "code", "attr"),
    [
        (Refusal("满了", code="session_full", status=409), 409, "session_full", None),
        (Refusal("过去了", code="past", field="session"), 422, "past", "session"),
        (Changed("变了"), 409, "changed", None),
        (NotAllowed("不行"), 403, "not_allowed", None),
        (Http404(), 404, "not_found", None),
        (PermissionDenied(), 403, "permission_denied", None),
        (NotAuthenticated(), 401, "not_authenticated", None),
        (Throttled(wait=3), 429, "throttled", None),
    ],
)
def test_each_error_says_type_code_detail_and_attr(error, status, code, attr):
    response = answer_to(error)
    assert response.status_code == status
    assert (response.data["code"], response.data["attr"]) == (code, attr)
    assert set(response.data) == {"type", "code", "detail", "attr", "errors"}
    assert response.data["errors"][0]["code"] == code
    assert response.data["detail"]


def test_validation_names_every_field():
    body = Body(data={"name": "长长长长"})
    assert not body.is_valid()
    response = answer_to(serializers.ValidationError(body.errors))
    assert response.status_code == 422
    assert {(row["attr"], row["code"]) for row in response.data["errors"]} == {
        ("name", "max_length"),
        ("count", "required"),
    }
    assert {row["type"] for row in response.data["errors"]} == {"validation_error"}


SHAPE = {"type", "code", "detail", "attr", "errors"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "sent", "status", "code"),
    [
        ("/api/v1/no-such-list/", None, 404, "not_found"),
        ("/api/v1/sessions/?community=%00", None, 404, "not_found"),
        ("/api/v1/bookings/", ("application/json", "[" + "1," * 600_000 + "1]"), 400, "bad_request"),
        ("/api/v1/bookings/", ("multipart/form-data", "--x"), 400, "parse_error"),
    ],
)
def test_what_cannot_be_read_or_found_says_it_in_the_same_shape(path, sent, status, code, cast, client):
    if sent:
        token = Token.objects.create(user=cast.reception).key
        answer = client.post(path, sent[1], content_type=sent[0], headers={"Authorization": f"Token {token}"})
    else:
        answer = client.get(path)
    assert (answer.status_code, set(answer.json())) == (status, SHAPE)
    assert (answer.json()["code"], answer.json()["errors"][0]["code"]) == (code, code)


@pytest.mark.parametrize(
    ("answers", "status", "code"), [(pages.server_error, 500, "error"), (pages.database_is_away, 503, "unavailable")]
)
def test_so_does_what_broke_on_the_way(answers, status, code):
    answer = answers(RequestFactory().get("/api/v1/sessions/"))
    assert (answer.status_code, json.loads(answer.content)["code"]) == (status, code)
    assert answers(RequestFactory().get("/my/"))["Content-Type"].startswith("text/html")


def test_what_nobody_foresaw_stays_a_500():
    with pytest.raises(ZeroDivisionError):
        answer_to(ZeroDivisionError())
