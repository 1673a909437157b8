"""What a page knows already it does not ask again, and what it has to note costs it one statement."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community_portal import clock
from community_portal.matters.queries import under_way_for
from community_portal.people.actions import note_views
from community_portal.people.models import Look, ViewLog
from tests.cast import Cast, make_cast
from tests.help_requests import take_in


def asked(client: Any, url: str) -> list[str]:
    client.get(url)  # what is kept is kept now
    with CaptureQueriesContext(connection) as told:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in told]


@pytest.mark.django_db
def test_who_reads_less_asks_no_more(cast: Cast, signed_in: Any) -> None:
    """Whether something is kept from a grid officer shows in what they were told."""
    url = f"/requests/{take_in(cast).case.number}/"
    assert len(asked(signed_in(cast.officer), url)) == len(asked(signed_in(cast.reception), url))


@pytest.mark.django_db
def test_what_is_under_way_and_what_is_only_counted_is_asked_together(cast: Cast) -> None:
    take_in(cast)
    for reader, most in ((cast.manager, 1), (cast.reception, 2), (cast.officer, 2)):  # 2: whose words the subject is
        assert reader.community_ids
        with CaptureQueriesContext(connection) as told:
            assert len(under_way_for(cast.elder, reader=reader).lines) == 1
        assert len(told) == most


@pytest.mark.django_db(transaction=True)
def test_a_look_is_noted_with_one_statement_and_once_a_day() -> None:
    cast = make_cast()
    people = [cast.elder.pk, cast.stranger_resident.pk, cast.elder.pk]
    for why in ("LT-26-0001", "LT-26-0002"):
        with CaptureQueriesContext(connection) as told:
            note_views(by=cast.reception, residents=people, what=Look.CARE_TAGS, why=why, at=clock.now())
        assert len(told) == 1, "no transaction begins and ends around it"
    assert sorted(ViewLog.objects.values_list("resident", "reason")) == [
        (pk, "LT-26-0001") for pk in sorted(people[:2])
    ]


@pytest.mark.django_db
def test_grids_and_buildings_are_read_once(cast: Cast, signed_in: Any) -> None:
    said = asked(signed_in(cast.manager), "/settings/staff/")
    assert sum('FROM "places_building"' in sql for sql in said) == 1
    said = asked(signed_in(cast.reception), f"/residents/{cast.elder.pk}/")
    assert not [sql for sql in said if 'FROM "places_grid"' in sql], "the home was read with its grid"
