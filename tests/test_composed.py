"""Queries composed once answer as the ORM does, for every value, connection and transaction."""

import threading

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from community_portal.composed import Composed, Later, planned, tuples_of
from community_portal.people.models import Resident
from tests.cast import Cast
from tests.factories import make_community, make_resident

FIND = Composed(lambda: Resident.objects.filter(pk=Later("pk")).select_related("household__building", "account"))


def test_it_answers_as_the_orm_does(cast: Cast) -> None:
    for resident in (cast.elder, cast.stranger_resident, make_resident(community=cast.home, name="吴·买买提")):
        (found,) = FIND(pk=resident.pk)
        known = Resident.objects.select_related("household__building").get(pk=resident.pk)
        assert {f.attname: getattr(found, f.attname) for f in Resident._meta.concrete_fields} == {
            f.attname: getattr(known, f.attname) for f in Resident._meta.concrete_fields
        }
        with CaptureQueriesContext(connection) as asked:
            assert (found.household and str(found.household.building)) == (
                known.household and str(known.household.building)
            )
        assert not asked.captured_queries, "joined, as declared"
    assert FIND(pk=0) == []


def test_what_can_match_nothing_is_empty(db: None) -> None:
    assert Composed(lambda: Resident.objects.none())() == []
    assert tuples_of(Resident.objects.none().values_list("pk")) == []


def test_tuples_are_those_of_the_orm(cast: Cast) -> None:
    rows = (
        Resident.objects.filter(community=cast.home)
        .order_by("pk")
        .values_list("pk", "name", "household__building__number")
    )
    assert tuples_of(rows) == list(rows)
    assert tuples_of(rows) == list(rows), "and again, by the kept plan"


@pytest.mark.django_db
def test_a_plan_outlives_the_transaction_it_was_made_in() -> None:
    sql = "SELECT name FROM people_resident WHERE id = %s AND 7 = 7"
    with pytest.raises(RuntimeError), transaction.atomic():
        planned(sql, [1])
        raise RuntimeError
    with connection.cursor() as cursor:
        cursor.execute(*planned(sql, [0]))
        assert cursor.fetchone() is None


@pytest.mark.django_db(transaction=True)
def test_a_broken_call_leaves_the_plan_usable() -> None:
    resident = make_resident(community=make_community())
    with pytest.raises(DataError), transaction.atomic():
        FIND(pk=10**30)
    assert FIND(pk=resident.pk) == [resident]


@pytest.mark.django_db(transaction=True)
def test_each_connection_makes_its_own_plans_and_a_new_one_begins_again() -> None:
    resident = make_resident(community=make_community())
    found = []

    def ask() -> None:
        found.append(FIND(pk=resident.pk))
        connection.close()
        found.append(FIND(pk=resident.pk))
        connection.close()

    threads = [threading.Thread(target=ask) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[resident]] * 8


def test_a_pool_that_lends_for_a_transaction_sees_plain_statements(cast: Cast, settings) -> None:  # type: ignore[no-untyped-def]
    settings.DATABASE_KEEPS_PLANS = False
    with CaptureQueriesContext(connection) as asked:
        assert FIND(pk=cast.elder.pk) == [cast.elder]
    assert asked.captured_queries[0]["sql"].startswith("SELECT")
