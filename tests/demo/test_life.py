"""The line of time: told in one transaction without savepoints, except for what may be refused."""

import pytest
from django.db import connection, transaction

from community_portal.demo.life import quietly, told_at_once
from community_portal.people.models import User
from community_portal.refusals import Refusal
from tests.factories import make_user


def half_done() -> None:
    with transaction.atomic():
        make_user(username="halfway")
    raise Refusal("来不及了。", code="late")


def test_what_is_refused_quietly_leaves_nothing_behind_and_the_telling_goes_on(db):
    with told_at_once():
        make_user(username="before")
        quietly(half_done)
        make_user(username="after")
    assert set(User.objects.values_list("username", flat=True)) >= {"before", "after"}
    assert not User.objects.filter(username="halfway").exists()
    assert connection.features.uses_savepoints, "as everywhere else again"


def test_what_is_refused_aloud_undoes_the_whole_telling(db):
    with pytest.raises(Refusal), told_at_once():
        make_user(username="before")
        half_done()
    assert not User.objects.filter(username__in=["before", "halfway"]).exists()
    assert connection.features.uses_savepoints


def test_the_deeds_of_the_telling_make_no_savepoints(db, django_assert_num_queries):
    with told_at_once(), django_assert_num_queries(1), transaction.atomic():
        User.objects.filter(username="nobody").update(name="x")
