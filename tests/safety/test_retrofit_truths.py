"""What the database says of retrofits, of who manages estates, of surveys, whoever writes: each by SQL of its own."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from community_portal.deliberations.models import SurveyAnswer
from community_portal.people.models import ManagedEstate, Organisation, Role
from safety.actions.hazards import open_hazard
from safety.actions.retrofit_rows import join_hazard
from safety.models import Retrofit
from tests.cast import MONDAY, Cast
from tests.safety.retrofitting import (
    DAY,
    Site,
    ask,
    make_done,
    make_firm,
    make_retrofit,
    make_running,
    make_site,
    make_started,
)
from tests.safety.test_truths import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(cast: Cast) -> Site:
    return make_site(cast)


@pytest.mark.parametrize(
    ("change", "truth"),
    [
        ("accepted_on = started_on - 1", "retrofit_is_accepted_after_its_start"),
        (
            "state = 'works', next_check_on = NULL, started_on = NULL, accepted_on = NULL",
            "retrofit_in_works_has_a_start",
        ),
        ("accepted_on = NULL, accepted_by_id = NULL", "retrofit_in_use_was_accepted"),
        ("accepted_at = NULL", "retrofit_in_use_was_accepted"),
        ("done_by_id = accepted_by_id", "retrofit_is_accepted_by_another"),
        ("reported = answered + 1", "retrofit_survey_adds_up"),
        ("answered = asked + 1", "retrofit_survey_adds_up"),
        ("asked = 0, answered = 0, reported = 0", "retrofit_survey_has_a_base"),
        ("meeting_id = NULL", "agreed_retrofit_names_its_meeting"),
        ("state = 'closed', closed_at = now()", "retrofit_in_use_is_tested"),
        ("state = 'flying', next_check_on = NULL", "retrofit_state_exists"),
    ],
)
def test_of_a_retrofit(site: Site, change: str, truth: str) -> None:
    retrofit = make_running(site)
    assert refused(f"UPDATE safety_retrofit SET {change} WHERE id = %s", retrofit.pk) == truth


def test_days_are_worked_out_by_the_database(site: Site) -> None:
    retrofit = make_running(site)
    assert "days" in refused("UPDATE safety_retrofit SET days = 3 WHERE id = %s", retrofit.pk)
    Retrofit.objects.update(accepted_on=MONDAY.date() + 12 * DAY)
    retrofit.refresh_from_db()
    assert retrofit.days == 12


def test_nobody_of_the_company_accepts(site: Site) -> None:
    retrofit = make_done(site)
    change = "UPDATE safety_retrofit SET accepted_by_id = %s, accepted_on = started_on, done_by_id = NULL WHERE id = %s"
    assert "nobody accepts their own works" in refused(change, site.keeper.pk, retrofit.pk) or (
        refused(change, site.keeper.pk, retrofit.pk) == "retrofit_is_accepted_by_outsiders"
    )


@pytest.mark.parametrize(
    ("change", "truth"),
    [
        ("bikes = 45", "zone_holds_what_it_may"),
        ("bikes = 0", "zone_holds_what_it_may"),
        ("metres = 1.4", "zone_is_divided"),
        ("has_sprinkler = false", "zone_has_a_sprinkler"),
        ("number = 2", "zone_numbers_are_unique"),
    ],
)
def test_of_a_zone(site: Site, change: str, truth: str) -> None:
    retrofit = make_started(site)
    assert (
        refused(f"UPDATE safety_retrofitzone SET {change} WHERE number = 1 AND retrofit_id = %s", retrofit.pk) == truth
    )


@pytest.mark.parametrize(
    ("change", "truth"),
    [
        ("amount = NULL", "money_is_an_amount"),
        ("amount = -5", "money_is_an_amount"),
        ("gives = 'people'", "money_is_an_amount"),
    ],
)
def test_of_money(site: Site, change: str, truth: str) -> None:
    make_started(site)
    assert refused(f"UPDATE safety_contribution SET {change} WHERE gives = 'money'") == truth


@pytest.mark.parametrize(
    ("change", "truth"),
    [
        ("after_days = 31, due_on = since + 31", "tested_after_30_and_90_days"),
        ("due_on = due_on + 1", "test_is_due_by_its_days"),
        ("done_on = due_on", "test_done_says_what_came_of_it"),
        ("passed = true", "test_done_says_what_came_of_it"),
        ("done_on = due_on, passed = true, tested = 0", "test_done_says_what_came_of_it"),
        ("done_on = due_on, passed = true, tested = 14, working = 13", "test_is_passed_by_all"),
        ("working = 1", "test_is_passed_by_all"),
    ],
)
def test_of_a_test(site: Site, change: str, truth: str) -> None:
    make_running(site)
    assert refused(f"UPDATE safety_retrofitcheck SET {change} WHERE after_days = 30") == truth


def test_a_hazard_stands_in_one_retrofit(site: Site) -> None:
    first, second = make_started(site), make_retrofit(site)
    told: dict[str, Any] = {"kind": "blocked_way", "words": "堵", "source": "survey", "place_text": "架空层"}
    hazard = open_hazard(community=site.cast.home, estate=site.estate, by=site.safety, at=MONDAY, **told)
    join_hazard(first, hazard=hazard, by=site.keeper, at=MONDAY)
    insert = "INSERT INTO safety_retrofithazard (retrofit_id, hazard_id) VALUES (%s, %s)"
    assert refused(insert, second.pk, hazard.pk) == "hazard_in_one_retrofit"


def test_no_more_answers_than_households(site: Site) -> None:
    survey = ask(make_retrofit(site), site, base=2, yes=2)
    row = SurveyAnswer(survey=survey, household="9室", answers={"q1": "有"}, channel="door", at=MONDAY)
    with pytest.raises(DatabaseError, match="more answers than households"), transaction.atomic():
        row.save()
    assert refused("UPDATE deliberations_survey SET base_count = 0") == "survey_has_a_base"


def test_an_estate_has_one_manager_at_a_time(site: Site) -> None:
    other, _member = make_firm("别家物业", "other")
    insert = "INSERT INTO people_managedestate (organisation_id, estate_id, since, until) VALUES (%s, %s, %s, %s)"
    assert refused(insert, other.pk, site.estate.pk, "2026-06-01", None) == "one_manager_of_an_estate_at_a_time"
    assert refused(insert, other.pk, site.estate.pk, "2025-01-01", "2026-01-01") == "one_manager_of_an_estate_at_a_time"
    assert refused(insert, other.pk, site.estate.pk, "2025-06-01", "2025-05-01") in (
        "management_ends_after_it_began", "range lower bound must be less than or equal to range upper bound",
    )  # fmt: skip
    firm = Organisation.objects.create(name="快装", kind=Role.CONTRACTOR)
    assert "property company" in refused(insert, firm.pk, site.estate.pk, "2020-01-01", "2020-02-01")
    assert ManagedEstate.objects.count() == 1


def test_what_is_given_is_given_to_a_company_or_with_an_estate(site: Site) -> None:
    make_retrofit(site)
    one = "UPDATE casework_commission SET organisation_id = %s"
    assert refused(one, site.firm.pk) == "given_to_a_company_or_with_an_estate"
    assert refused("UPDATE casework_commission SET estate_id = NULL") == "given_to_a_company_or_with_an_estate"
    assert refused("UPDATE casework_commission SET role = 'contractor'") == "given_to_a_company_or_with_an_estate"
