"""Marks and the middleware that enforces them."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch

from community_portal.refusals import Changed
from community_portal.web.access import for_residents, for_staff, open_to_all
from community_portal.web.middleware import database_away, enforce_access


class Somebody:
    is_authenticated = is_active = True
    is_superuser = False

    def __init__(self, *roles, **over):
        self.roles = frozenset(roles)
        self.__dict__ |= over


def view(request):
    return HttpResponse("in")


def ask(marked, user, method="get", **headers):
    request = getattr(RequestFactory(), method)("/requests/?q=1", headers=headers)
    request.user, request.resolver_match = user, ResolverMatch(marked, (), {})
    return enforce_access(marked).process_view(request, marked, (), {})


def fresh():
    return lambda request: view(request)


def test_a_view_without_a_mark_opens_to_nobody():
    with pytest.raises(PermissionDenied):
        ask(fresh(), Somebody("manager", is_superuser=True))


def test_two_different_marks_are_a_mistake():
    with pytest.raises(ImproperlyConfigured):
        open_to_all(for_residents(fresh()))
    with pytest.raises(ImproperlyConfigured):
        for_staff("manager")(for_staff("receptionist")(fresh()))


def test_roles_narrow_staff_and_administrators_always_pass():
    marked = for_staff("manager")(fresh())
    assert ask(marked, Somebody("manager")) is None
    assert ask(marked, Somebody(is_superuser=True)) is None
    for user in (Somebody("receptionist"), Somebody(), Somebody("manager", is_active=False)):
        with pytest.raises(PermissionDenied):
            ask(marked, user)


def test_any_role_will_do_when_none_is_named():
    marked = for_staff()(fresh())
    assert ask(marked, Somebody("contractor")) is None
    with pytest.raises(PermissionDenied):
        ask(marked, Somebody())


def test_the_anonymous_are_sent_to_the_right_door_and_back():
    assert ask(for_residents(fresh()), AnonymousUser()).url == "/sign-in/?next=/requests/%3Fq%3D1"
    assert ask(for_staff()(fresh()), AnonymousUser()).url == "/staff/sign-in/?next=/requests/%3Fq%3D1"


def test_after_sign_in_nobody_lands_on_an_address_that_only_takes_a_post():
    assert ask(for_residents(fresh()), AnonymousUser(), "post").url == "/sign-in/?next=/"


def test_htmx_gets_the_door_as_a_whole_page():
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/my/"}
    answer = ask(for_residents(fresh()), AnonymousUser(), "post", **headers)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/sign-in/?next=http%3A%2F%2Ftestserver%2Fmy%2F"


@pytest.mark.django_db
def test_a_refusal_nobody_caught_is_a_page_not_a_trace():
    def refuses(request):
        raise Changed("已经被别人领走了")

    middleware = database_away(refuses)
    request = RequestFactory().get("/")
    request.user, request.elder_mode = AnonymousUser(), False
    with pytest.raises(Changed) as caught:
        middleware(request)
    answer = middleware.process_exception(request, caught.value)
    assert answer.status_code == 409
    assert "已经被别人领走了" in answer.content.decode()


def test_an_absent_database_is_a_page_with_a_number_to_call():
    def breaks(request):
        raise OperationalError("gone")

    answer = database_away(breaks)(RequestFactory().get("/"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
