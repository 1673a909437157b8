"""Pages of wires, places and rounds as somebody sees them: by axe, in elder mode, on the narrowest phone; and the story from the
report to the acceptance in a browser."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from charging.actions import sites
from charging.actions.estates import count_estate
from charging.models import Site
from charging.workflow.sites import State
from community_portal import clock
from community_portal.people.models import User
from community_portal.places.coordinates import read_point
from tests.cast import make_cast
from tests.charging.places import answer, ask, bring_to, last_nine, lie_at, make_place, make_site, report
from tests.look.narrow import narrow_page, what_does_not_fit, what_hurts_the_old
from tests.look.test_every_page import what_is_wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_limits")]
BOX = {
    "type": "Polygon",
    "coordinates": [
        [[120.9431, 31.9523], [120.9432, 31.9523], [120.9432, 31.95235], [120.9431, 31.95235], [120.9431, 31.9523]]
    ],
}


@pytest.fixture
def scene(db: None) -> Any:
    cast = make_cast()
    place = make_place(cast)
    cast.building.place_at(read_point("120.943112, 31.952301", "wgs84"))
    cast.building.save()
    now = last_nine()
    wire = report(place, by=cast.elder_account, asker=cast.elder, dangers=["walkway"], at=now)
    report(place, unit="2", at=now)
    count_estate(
        estate=place.estate, ebikes=620, how="parked", counted_on=clock.local(now).date(), counted_by="蔡伟民",
        homes_without_garage=372, by=place.charger, at=now,
    )  # fmt: skip
    west = make_site(place, at=now)
    lie_at(west, "120.942900", "31.952400")
    sites.reject(west, code="gas_pipe", plain="这里下面有燃气管道，不能装", by=place.charger, at=now)
    between = sites.re_site(west, name="一、二单元之间", by=place.charger, at=now)
    lie_at(between, "120.943112", "31.952401")
    Site.objects.filter(pk=between.pk).update(outline=BOX)
    noticing = bring_to(State.NOTICING, place, between, at=now)
    checking = bring_to(State.CHECKING, place, make_site(place, name="东门旁边", area=Decimal(20), at=now), at=now)
    link = ask(checking, place, "gas", at=now)
    answer(checking, place, "power", "conditions", at=now)
    accepting = bring_to(State.ACCEPTING, place, make_site(place, name="南门", at=now), at=now)
    values = {
        "wire": wire.case.number, "west": west.case.number, "site": noticing.case.number, "checking": checking.case.number,
        "accepting": accepting.case.number, "part": accepting.acceptances.get().parts.first().pk, "round": noticing.round_id,
        "estate": place.estate.pk, "link": link.split("/a/")[1].strip("/"), "candidate": make_site(place, name="北门", at=now).case.number,
        "resident": cast.elder.pk, "home": cast.home.code,
    }  # fmt: skip
    return SimpleNamespace(cast=cast, place=place, values=values)


PUBLIC = (
    "/charging/sites/", "/charging/sites/{west}/", "/charging/sites/{site}/", "/charging/sites/{accepting}/", "/a/{link}/",
    "/report/wire/?at={home}",
)  # fmt: skip
RESIDENT = ("/my/charging/wires/{wire}/", "/charging/sites/")
ONE = "/charging/places/"
STAFF = (
    "/charging/desk/", "/charging/wires/", "/charging/wires/{wire}/", "/charging/wires/{wire}/check/", "/charging/wires/{wire}/close/",
    "/charging/wires/{wire}/slip/", "/residents/{resident}/charging/wires/", "/charging/places/", f"{ONE}new/", f"{ONE}{{west}}/",
    f"{ONE}{{site}}/", f"{ONE}{{checking}}/", f"{ONE}{{accepting}}/", f"{ONE}{{candidate}}/survey/", f"{ONE}{{candidate}}/reject/",
    f"{ONE}{{candidate}}/plan/", f"{ONE}{{checking}}/measure/", f"{ONE}{{checking}}/measured/", f"{ONE}{{checking}}/utilities/heat/ask/",
    f"{ONE}{{checking}}/utilities/gas/chase/", f"{ONE}{{checking}}/utilities/gas/answer/", f"{ONE}{{accepting}}/parts/{{part}}/",
    f"{ONE}{{accepting}}/sign/", "/charging/rounds/", "/charging/rounds/new/", "/charging/rounds/{round}/",
    "/charging/rounds/{round}/change/", "/charging/estates/{estate}/count/",
)  # fmt: skip
STREET = (f"{ONE}{{checking}}/rules/area_per_bike/waive/", f"{ONE}{{site}}/", "/charging/desk/")
BUILDER = (f"{ONE}{{accepting}}/",)


def who_is(scene: Any, who: str) -> tuple[Any, tuple[str, ...], int]:
    user, paths, width = {
        "public": (None, PUBLIC, 390),
        "resident": (scene.cast.elder_account, RESIDENT, 390),
        "staff": (scene.place.charger, STAFF, 1440),
        "street": (scene.cast.street_officer, STREET, 1440),
        "builder": (scene.place.builder, BUILDER, 390),
    }[who]
    return user, tuple(path.format(**scene.values) for path in paths), width


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
@pytest.mark.parametrize("who", ["public", "resident", "staff", "street", "builder"])
def test_axe_finds_nothing(who: str, elder: bool, scene: Any, browse: Callable[..., Any]) -> None:
    user, paths, width = who_is(scene, who)
    page = browse(user, width=width, elder=elder, bypass_csp=True).new_page()
    trouble = []
    for path in paths:
        answered = page.goto(path)
        assert answered.status == 200, path
        trouble += what_is_wrong_with(page, path)
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("who", ["public", "resident"])
def test_elder_mode_holds_on_the_narrowest_phone(
    who: str, language: str, scene: Any, browse: Callable[..., Any]
) -> None:
    user, paths, _width = who_is(scene, who)
    User.objects.update(language=language)
    page = narrow_page(browse, user, language=language, elder=True)
    trouble = what_hurts_the_old(page, paths)
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize("who", ["staff", "street", "builder"])
def test_pages_of_work_fit_the_narrowest_phone_in_the_longer_language(
    who: str, scene: Any, browse: Callable[..., Any]
) -> None:
    User.objects.update(language="en")
    user, paths, _width = who_is(scene, who)
    page = narrow_page(browse, user, language="en")
    assert what_does_not_fit(page, paths) == []
