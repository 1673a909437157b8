"""What estates and buildings are and where they lie: who says so, what cannot be, what the database refuses by itself."""

from decimal import Decimal as D

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from community_portal.people.models import Role
from community_portal.places.coordinates import Box
from community_portal.places.estates import set_box
from community_portal.places.models import Building, Estate, Street
from community_portal.refusals import NotAllowed, Refusal
from tests.factories import make_member

pytestmark = pytest.mark.django_db
BOX = Box(D("120.8"), D("31.8"), D("121.2"), D("32.2"))
SQUARE = "120.9, 31.9\n120.91, 31.9\n120.91, 31.91\n120.9, 31.91"
FACTS = {
    "use": "mixed", "floors": "6", "below_ground": "1", "height_m": "18.5", "shops_to_floor": "2", "stilt_floor": "false",
    "garage": "unknown", "lift": "true", "point": "", "crs": "wgs84",
}  # fmt: skip


def test_a_manager_says_what_an_estate_is(cast, signed_in):
    set_box(cast.street, BOX, by=cast.street_officer)
    client, estate = signed_in(cast.manager), cast.building.estate
    page = f"/settings/estates/{estate.pk}/"
    given = {"households": "1200", "area_m2": "5369.63", "point": "120.905, 31.905", "crs": "wgs84", "outline": SQUARE}
    assert client.post(page, given).status_code == 303
    estate.refresh_from_db()
    assert (estate.households, estate.area_m2, estate.point) == (1200, D("5369.63"), (D("120.905"), D("31.905")))
    assert estate.outline["type"] == "Polygon" and estate.entered_crs == "wgs84"
    shown = client.get(page).content.decode()
    assert "120.905000, 31.905000" in shown and "Polygon" in shown
    assert "有边界" in client.get("/settings/estates/").content.decode()
    assert client.post(page, {"point": "", "outline": ""}).status_code == 303
    assert Estate.objects.get(pk=estate.pk).point is None


def test_what_was_copied_from_another_map_is_kept_as_it_was(cast, signed_in):
    page = f"/settings/buildings/{cast.building.pk}/"
    given = FACTS | {"point": "120.947, 31.950", "crs": "gcj02"}
    assert signed_in(cast.manager).post(page, given).status_code == 303
    building = Building.objects.get(pk=cast.building.pk)
    assert (building.entered, building.entered_crs) == ("120.947, 31.950", "gcj02")
    assert building.lon < D("120.944") and building.use == "mixed"
    assert (building.stilt_floor, building.garage, building.lift) == (False, None, True)
    assert 'value="120.947, 31.950"' in signed_in(cast.manager).get(page).content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"point": "31.9, 120.9"}, "point"),
        ({"point": "125, 31.9"}, "point"),
        ({"outline": "120.9, 31.9"}, "outline"),
        ({"households": "-1"}, "households"),
        ({"area_m2": "0"}, "area_m2"),
    ],
)
def test_a_slip_stands_beside_its_field_and_what_was_typed_stays(cast, signed_in, typed, field):
    set_box(cast.street, BOX, by=cast.street_officer)
    answer = signed_in(cast.manager).post(f"/settings/estates/{cast.building.estate_id}/", {"name_en": "Kept"} | typed)
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert "Kept" in answer.content.decode()


def test_more_floors_of_shops_than_floors(cast, signed_in):
    page = f"/settings/buildings/{cast.building.pk}/"
    answer = signed_in(cast.manager).post(page, FACTS | {"shops_to_floor": "7"})
    assert answer.status_code == 422 and "shops_to_floor" in answer.context["form"].errors


def test_somebody_else_was_quicker(cast, signed_in):
    client, page = signed_in(cast.manager), f"/settings/buildings/{cast.building.pk}/"
    seen = client.get(page).context["seen"]
    assert client.post(page, FACTS | {"seen": seen}).status_code == 303
    assert client.post(page, FACTS | {"seen": seen, "lift": "false"}).status_code == 409


@pytest.mark.parametrize("role", [Role.CHARGING, Role.SAFETY])
def test_specialists_who_go_and_look_may_write_it_down(cast, signed_in, role):
    client = signed_in(make_member(role, community=cast.home))
    assert client.post(f"/settings/buildings/{cast.building.pk}/", FACTS).status_code == 303


def test_the_street_alone_draws_its_box(cast, signed_in):
    given = {"box-west": "120.8", "box-east": "121.2", "box-south": "31.8", "box-north": "32.2"}
    client = signed_in(cast.street_officer)
    assert client.post("/settings/estates/", given).status_code == 303
    assert Street.objects.get(pk=cast.street.pk).box == BOX
    for wrong in ({"box-west": ""}, {"box-west": "121.3"}):
        assert client.post("/settings/estates/", given | wrong).status_code == 422
    assert signed_in(cast.manager).post("/settings/estates/", given).status_code == 403
    with pytest.raises(NotAllowed):
        set_box(cast.street, None, by=cast.manager)
    with pytest.raises(Refusal):
        set_box(cast.street, Box(D(2), D(1), D(1), D(2)), by=None)


@pytest.mark.parametrize(
    "wrong",
    [
        "lon = 0, lat = 0, entered_crs = 'wgs84'",
        "lon = 120.9, lat = NULL, entered_crs = 'wgs84'",
        "lon = 120.9, lat = 31.9, entered_crs = ''",
        "lon = 120.9, lat = 31.9, entered_crs = 'utm'",
        "lon = 31.9, lat = 120.9, entered_crs = 'wgs84'",
        "outline = '5'",
        'outline = \'{"type": "Polygon"}\'',
        "outline = '{\"coordinates\": [[1,2,3,4]]}'",
        'outline = \'{"type": "Polygon", "coordinates": [[1,2,3]]}\'',
        "outline = jsonb_build_object('type', 'Polygon', 'coordinates', jsonb_build_array((SELECT jsonb_agg(i) FROM generate_series(1, 202) i)))",
        "area_m2 = 0",
        "households = -1",
    ],
)
def test_the_database_refuses_an_estate_that_lies_nowhere(cast, wrong):
    with pytest.raises((IntegrityError, DataError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE places_estate SET {wrong} WHERE id = %s", [cast.building.estate_id])


@pytest.mark.parametrize("wrong", ["shops_to_floor = 99", "height_m = 0", "lon = 0, lat = 0, entered_crs = 'bd09'"])
def test_the_database_refuses_a_building_that_cannot_stand(cast, wrong):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE places_building SET {wrong} WHERE id = %s", [cast.building.pk])


@pytest.mark.parametrize("wrong", ["west = 120.8", "west = 2, east = 1, south = 1, north = 2"])
def test_the_database_refuses_half_a_box(cast, wrong):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE places_street SET {wrong} WHERE id = %s", [cast.street.pk])
