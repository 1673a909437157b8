"""What users of comparable systems ask for (services.md §7, 28–39a, 47, 53, 54, 56, 57): which test holds each, and those that have
no other place to stand."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from charging.actions import sites
from charging.geojson import sites_as_geojson
from charging.workflow.sites import State
from community_portal import clock
from community_portal.deliberations.actions.votes import confirm_count
from community_portal.places.coordinates import read_point
from tests.cast import MONDAY, Cast
from tests.charging.boxes import make_ports
from tests.charging.places import DAY, Place, lie_at, make_site, photo, report
from tests.deliberations.votes import CLOSES, cast_on_paper, make_vote

HELD_BY = {
    "28": (
        "charging.test_statuses.test_a_socket_not_heard_of_for_a_day_is_unknown_and_after_three_not_working",
        "charging.test_port_pages.test_silence_of_more_than_a_day_says_since_when",
    ),
    "29": ("charging.test_statuses.test_a_box_that_says_it_is_there_keeps_its_sockets_known",),
    "30": ("charging.test_ocpp.test_ten_thousand_hostile_frames_and_it_lives",),
    "31": ("charging.test_statuses.test_a_flash_is_not_shown",),
    "32": ("charging.test_port_pages.test_a_fault_keeps_the_vendors_code_and_hides_no_neighbour",),
    "33": (
        "charging.test_port_pages.test_sockets_that_are_planned_or_removed_count_for_nothing",
        "charging.test_port_pages.test_a_box_that_is_closed_now_has_nothing_free",
        "charging.test_port_pages.test_a_suspended_site_has_nothing_free",
    ),
    "34": (
        "charging.test_port_pages.test_free_busy_broken_and_unknown_are_told_apart",
        "charging.test_port_pages.test_full_and_unknown_do_not_look_alike",
        "charging.test_port_pages.test_a_removed_socket_says_so_and_where_the_next_is",
        "charging.test_faults.test_two_taps_without_signing_in",
    ),
    "35": (
        "charging.test_ocpp.test_the_command_is_a_process_of_its_own_and_off_without_a_port",
        "charging.test_ocpp.test_while_the_database_is_away_nothing_is_lost",
    ),
    "36": ("deliberations.test_votes.test_channels_add_up_to_all_who_voted",),
    "37": ("charging.test_criteria.test_37_every_kind_of_vote_has_a_page_with_what_was_counted",),
    "38": (
        "deliberations.test_races.test_one_unit_in_two_channels_at_once",
        "deliberations.test_votes.test_the_one_that_was_cast_last_counts_whenever_it_is_written_down",
        "deliberations.test_votes.test_the_database_opens_nothing_without_a_roll",
    ),
    "39": (
        "deliberations.test_counting.test_what_is_missing_is_missing_and_not_one_more",
        "deliberations.test_opinions.test_one_household_answers_once_over_paper_link_and_door",
        "deliberations.test_opinions.test_both_rates_of_a_survey",
    ),
    "39a": (
        "charging.test_consulting.test_what_is_rejected_is_not_voted_on",
        "charging.test_criteria.test_39a_what_was_given_up_is_on_no_map",
    ),
    "47": (
        "charging.test_criteria.test_47_who_joins_two_reports_sees_words_and_photo_of_each",
        "charging.test_faults.test_there_is_one_open_for_a_socket_and_others_join_and_are_told",
        "charging.test_bad_input.test_thirty_metres_are_one_place_until_somebody_says_no",
    ),
    "53": ("charging.test_pages.test_whoever_passes_reports_without_a_name_and_looks_it_up_by_six_digits",),
    "54": (
        "charging.test_port_pages.test_what_has_no_point_is_not_on_the_map",
        "charging.test_criteria.test_54_a_point_is_corrected_and_the_one_before_stays_in_the_journal",
    ),
    "56": ("charging.test_port_looks.test_the_map_comes_when_it_is_asked_for_and_breaks_no_rule",),
    "57": ("charging.test_criteria.test_57_no_map_of_workers_and_nothing_of_one_before_it_is_asked_for",),
}


@pytest.mark.parametrize("criterion", HELD_BY)
def test_each_criterion_has_its_test(criterion: str) -> None:
    for name in HELD_BY[criterion]:
        room, module, test = name.split(".")
        assert callable(getattr(import_module(f"tests.{room}.{module}"), test))


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "outcome"), [("owners", "passed"), ("residents", "passed"), ("poll", "none")])
def test_37_every_kind_of_vote_has_a_page_with_what_was_counted(
    cast: Cast, signed_in: Any, kind: str, outcome: str
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        vote = make_vote(cast, 3, kind=kind, is_special=kind == "owners")
    for number, choice in enumerate(("yes", "yes", "yes"), start=1):
        cast_on_paper(cast, vote, number, choice)
    assert confirm_count(vote, by=cast.manager, at=CLOSES + DAY) == outcome
    with time_machine.travel(CLOSES + DAY, tick=False):
        page = " ".join(signed_in(cast.manager).get(f"/deliberations/votes/{vote.pk}/").content.decode().split())
    assert re.search(r"<dt>同意</dt> ?<dd[^>]*>[^<]*3", page), page[page.find("<dt>同意") :][:200]


@pytest.mark.django_db
def test_39a_what_was_given_up_is_on_no_map(place: Place, signed_in: Any) -> None:
    _operator, ports = make_ports(place.cast.home)
    west = make_site(place)
    lie_at(west, "120.943112", "31.952301")
    sites.reject(west, code="gas_pipe", plain="下面有燃气管，不能装", by=place.charger, at=MONDAY)
    drawn = sites_as_geojson(communities=None, at=clock.now())["features"]
    assert [feature["id"] for feature in drawn] == [ports[0].point.site_id]
    public = signed_in(None).get(reverse("planned_sites"), {"at": place.cast.home.code}).content.decode()
    assert "下面有燃气管，不能装" in public[public.find("这里为什么不能装") :]
    assert west.name not in public[: public.find("这里为什么不能装")]


@pytest.mark.django_db
def test_47_who_joins_two_reports_sees_words_and_photo_of_each(place: Place, signed_in: Any) -> None:
    first = report(place, words="挂在二单元的晾衣杆上", photos=[photo()])
    second = report(place, unit="", words="晾衣杆上有根线")
    page = signed_in(place.charger).get(f"/charging/wires/{second.case.number}/join/").content.decode()
    assert "挂在二单元的晾衣杆上" in page and first.case.number in page
    assert reverse("attachment", args=[first.case.attachments.get().pk]) in page


@pytest.mark.django_db
def test_47_what_was_chosen_is_joined(place: Place, signed_in: Any) -> None:
    """With so many reports of an estate that not all are offered: the newest are."""
    first = [report(place, unit="", words=f"第{n}根") for n in range(31)][-1]
    second = report(place, unit="", words="晾衣杆上有根线")
    address, charger = f"/charging/wires/{second.case.number}/join/", signed_in(place.charger)
    assert charger.get(address).content.decode().count('name="first"') == 30
    sent = {"first": first.pk, "seen": second.version, "once": "j" * 32}
    assert charger.post(address, sent).status_code == 303
    second.refresh_from_db()
    assert second.join_of == first


@pytest.mark.django_db
def test_47_words_of_others_are_no_markup(place: Place, signed_in: Any) -> None:
    report(place, words="<script>alert(1)</script>")
    second = report(place, unit="")
    page = signed_in(place.charger).get(f"/charging/wires/{second.case.number}/join/").content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


@pytest.mark.django_db
def test_54_a_point_is_corrected_and_the_one_before_stays_in_the_journal(place: Place, signed_in: Any) -> None:
    site = make_site(place, placed=read_point("120.943112, 31.952301", "wgs84"))
    right = read_point("120.944112, 31.952301", "wgs84")
    sites.plan_site(site, placed=right, by=place.charger, at=MONDAY)
    site.refresh_from_db()
    assert site.state == State.CANDIDATE and site.entered == "120.944112, 31.952301"
    page = signed_in(place.charger).get(reverse("charge_site", args=[site.case.number])).content.decode()
    assert "图上的点从 120.943112, 31.952301 改到 120.944112, 31.952301" in page
    sites.plan_site(site, placed=right, by=place.charger, at=MONDAY)
    assert site.case.events.filter(kind="moved").count() == 1


@pytest.mark.django_db
def test_57_no_map_of_workers_and_nothing_of_one_before_it_is_asked_for(cast: Cast) -> None:
    make_ports(cast.home)
    page = Client().get(reverse("charging_near"))
    assert "leaflet" not in re.sub(r'data-[\w-]+="[^"]*"', "", page.content.decode())
    rules = dict(rule.strip().partition(" ")[::2] for rule in page["Content-Security-Policy"].split(";"))
    assert rules["default-src"] == "'self'" and not {"worker-src", "child-src"} & set(rules)
    static = Path(settings.BASE_DIR) / "static"
    assert not [path for path in static.rglob("*.js") if "maplibre" in path.name or "mapbox" in path.name]
