"""What forms of places take: a point that lies in the street, an outline that is one, numbers as people type them."""

from typing import Any

import pytest

from charging.actions.sites import propose_site
from charging.forms.sites import MeasureForm, PlanForm, ProposeForm
from charging.models import Site
from community_portal.places.models import Estate
from tests.cast import MONDAY
from tests.charging.places import Place, make_site

pytestmark = pytest.mark.django_db
RING = "120.9431, 31.9523\n120.9432, 31.9523\n120.9432, 31.9524"
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[120.94, 31.95], [120.95, 31.95], [120.95, 31.96], [120.94, 31.96], [120.94, 31.95]]],
}


def form(place: Place, **typed: Any) -> ProposeForm:
    given = {"estate": place.estate.pk, "name": "东门旁边", "kind": "open", "crs": "wgs84"} | typed
    return ProposeForm(given, community=place.cast.home)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"point": "31.9523, 120.9431"}, "point"),  # the other way round
        ({"point": "0, 0"}, "point"),
        ({"point": "东门"}, "point"),
        ({"outline": "120.9431, 31.9523\n120.9432, 31.9523"}, "outline"),
        (
            {"outline": "120.943, 31.952\n120.944, 31.953\n120.944, 31.952\n120.943, 31.953"},
            "outline",
        ),  # crosses itself
        ({"outline": "\n".join(f"120.9{n:05d}, 31.9523" for n in range(10_000))}, "outline"),
        ({"area": "0"}, "area"),
        ({"area": "1,5"}, "area"),
        ({"planned_ports": "0"}, "planned_ports"),
        ({"planned_ports": "10.5"}, "planned_ports"),
        ({"name": ""}, "name"),
        ({"kind": "moon"}, "kind"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(place: Place, typed: dict[str, str], field: str) -> None:
    given = form(place, **typed)
    if given.is_valid():  # what the form lets through the deed refuses
        with pytest.raises(Exception, match="大于 0"):
            propose_site(by=place.charger, at=MONDAY, **given.cleaned_data)
    else:
        assert set(given.errors) == {field}
    assert not Site.objects.exists()


def test_a_point_is_kept_as_it_was_typed_and_an_outline_is_a_ring(place: Place) -> None:
    given = form(place, point="120.947742，31.950130", crs="gcj02", outline="")
    assert given.is_valid(), given.errors
    site = propose_site(by=place.charger, at=MONDAY, **given.cleaned_data)
    assert (site.entered_crs, site.entered) == ("gcj02", "120.947742, 31.950130")
    assert site.point is not None and abs(float(site.point[0]) - 120.9431) < 0.002
    drawn = form(place, name="南门旁边", outline=RING)
    assert drawn.is_valid() and len(drawn.cleaned_data["outline"]["coordinates"][0]) == 4


def test_outside_its_estate_it_is_said_and_not_refused(place: Place) -> None:
    Estate.objects.filter(pk=place.estate.pk).update(outline=SQUARE)
    estate = Estate.objects.select_related("community__street").get(pk=place.estate.pk)
    given = form(place, point="120.9300, 31.9523")
    assert given.is_valid()
    site = propose_site(by=place.charger, at=MONDAY, **given.cleaned_data | {"estate": estate})
    assert site.lies_outside


def test_the_fields_of_a_survey_are_those_that_the_rules_ask_for(place: Place) -> None:
    open_air, cellar = make_site(place), make_site(place, name="车库", kind="garage")
    assert "garage_exits_enough" not in MeasureForm(site=open_air).fields
    assert {"garage_exits_enough", "no_deeper_than_minus_one"} <= set(MeasureForm(site=cellar).fields)
    assert "gas_agrees" not in MeasureForm(site=open_air).fields  # nobody measures what a utility says
    nothing = MeasureForm({"how": "tape", "measured_by": "蔡"}, site=open_air)
    assert not nothing.is_valid() and "一项都没有填" in str(nothing.errors)


def test_the_plan_shows_what_there_is(place: Place) -> None:
    site = make_site(place)
    shown = PlanForm(site=site)
    assert shown.initial["planned_ports"] == 10 and shown.initial["outline"] == ""
