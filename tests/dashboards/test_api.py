"""GET /api/v1/figures/: every figure of every service, typed, within one's scope, under its promised name."""

import datetime as dt
from typing import Any

import pytest

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.models import Booking, SessionKind
from community_portal.dashboards.periods import opened_on, period_named
from community_portal.measure import FIGURES, Difference, Median, Rate, Ratio
from community_portal.places.models import Community
from tests.cast import Cast
from tests.factories import make_category, make_community, make_resident, make_session

MONDAY = clock.at_wall(dt.date(2026, 11, 23), dt.time(9, 42))
PROMISED = {
    "help_requests_received": "件", "help_requests_solved": "件", "help_requests_on_time_rate": "%", "satisfaction_rate": "%",
    "activities_held": "场次", "activity_participants": "人", "activity_visits": "人次", "visits_served": "人次",
    "no_show_rate": "%", "visits": "人次", "no_shows": "人次", "overdue": "件", "errands_on_behalf": "件",
}  # fmt: skip
OF_BEFORE = {
    "requests_taken_in": "help_requests_received", "requests_resolved": "help_requests_resolved",
    "requests_on_time": "help_requests_on_time", "requests_rated": "help_requests_rated",
    "requests_satisfied": "help_requests_satisfied", "problems_solved": "help_requests_solved",
    "on_time_rate": "help_requests_on_time_rate", "satisfaction": "satisfaction_rate",
}  # fmt: skip


def figures(client: Any, period: str = "all", place: str = "LT") -> Any:
    return client.get(f"/api/v1/figures/?place={place}&period={period}").json()["figures"]


def take_in(cast: Cast, **values: Any) -> None:
    made = register_request(
        community=cast.home, category=make_category(), words="灯坏了", resident=cast.elder, by=None, at=MONDAY
    )
    HelpRequest.objects.filter(pk=made.pk).update(**values)


def test_where_nothing_happened_it_is_0_and_a_rate_without_base_null(cast: Cast, signed_in: Any) -> None:
    found = figures(signed_in(cast.manager))
    assert set(found) == set(FIGURES) | set(OF_BEFORE)
    for name, figure in FIGURES.items():
        assert found[name]["value"] == (None if isinstance(figure, Rate | Ratio | Median | Difference) else 0), name
    assert {name: found[name]["unit"] for name in PROMISED} == PROMISED
    assert all(set(said) == {"value", "unit", "label"} and said["label"] for said in found.values())


def test_what_happened_is_told_in_numbers(cast: Cast, signed_in: Any) -> None:
    done: dict[str, Any] = {"resolved_at": MONDAY, "outcome": "solved", "satisfaction": 5, "promised_at": MONDAY}
    take_in(cast, **done)
    take_in(cast, **done | {"satisfaction": 2, "promised_at": MONDAY - dt.timedelta(days=1)})
    take_in(cast, **done | {"outcome": "explained", "satisfaction": None})
    activity = make_session(community=cast.home, kind=SessionKind.ACTIVITY, starts_at=MONDAY)
    visit = make_session(community=cast.home, starts_at=MONDAY + dt.timedelta(hours=1))
    for session, state, party in ((activity, "arrived", 3), (visit, "served", 2), (visit, "no_show", 1)):
        Booking.objects.create(
            session=session, community=cast.home, resident=make_resident(community=cast.home), state=state, party_size=party,
            source="desk", starts_at=session.starts_at, ends_at=session.ends_at, created_at=MONDAY,
        )  # fmt: skip
    expected = {
        "help_requests_received": 3, "help_requests_solved": 2, "help_requests_on_time_rate": 66.7, "satisfaction_rate": 50.0,
        "activities_held": 1, "activity_participants": 1, "activity_visits": 3, "visits_served": 2, "visits": 5,
        "no_show_rate": 16.7,
    }  # fmt: skip
    for period in ("all", "2026-11", "2026"):
        found = figures(signed_in(cast.manager), period)
        assert {name: found[name]["value"] for name in expected} == expected
    assert figures(signed_in(cast.manager), "2026-10")["visits"]["value"] == 0


def test_names_of_before_answer_for_one_release_and_the_description_says_so(cast: Cast, signed_in: Any) -> None:
    take_in(cast)
    client = signed_in(cast.manager)
    found = figures(client)
    declared = {old: figure.name for figure in FIGURES.values() for old in figure.formerly}
    assert declared == OF_BEFORE
    described = client.get("/api/schema/?format=json").json()["paths"]["/api/v1/figures/"]["get"]["description"]
    for old, name in OF_BEFORE.items():
        assert found[old] == found[name] and f"`{old}` is `{name}`" in described
        assert client.get(f"/dashboard/rows/{old}/?period=all").status_code == 200
    assert found["requests_taken_in"]["value"] == 1


def test_persons_of_odd_days_say_that_rows_were_counted(cast: Cast, signed_in: Any) -> None:
    for day in (1, 9):
        session = make_session(
            community=cast.home, kind=SessionKind.ACTIVITY, starts_at=MONDAY - dt.timedelta(days=day)
        )
        Booking.objects.create(
            session=session, community=cast.home, resident=cast.elder, state="arrived", source="desk",
            starts_at=session.starts_at, ends_at=session.ends_at, created_at=MONDAY,
        )  # fmt: skip
    client = signed_in(cast.manager)
    said = figures(client, "2026-11-20..2026-11-23")["activity_participants"]
    assert said == {"value": 1, "unit": "人", "label": "参加活动的人", "counted": "rows"}
    assert "counted" not in figures(client, "2026-11")["activity_participants"]
    page = client.get("/dashboard/rows/activity_participants/?from=2026-11-20&to=2026-11-23").content.decode()
    assert "按一条一条的记录数人" in page


def test_within_scope_and_for_periods_that_exist(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    body = client.get("/api/v1/figures/?place=LT&period=2026-11").json()
    assert (body["place"], body["period"]) == ("LT", "2026-11") and dt.datetime.fromisoformat(body["as_of"]).utcoffset()
    assert client.get("/api/v1/figures/?place=XF").status_code == 404
    assert client.get("/api/v1/figures/?place=LT&period=nonsense").status_code == 422
    assert signed_in(cast.street_officer).get("/api/v1/figures/?place=ZX").status_code == 200
    assert signed_in(cast.stranger).get("/api/v1/figures/?place=LT").status_code == 404


def opened(community: Community, day: str) -> None:
    Community.objects.filter(pk=community.pk).update(opened_on=day)


def test_since_the_house_opened(cast: Cast, signed_in: Any) -> None:
    """What was before counts no more; of a street since its first house opened; where nobody knows, since ever."""
    take_in(cast, opened_at=clock.at_wall(dt.date(2026, 4, 2), dt.time(23, 59)))
    take_in(cast, opened_at=clock.at_wall(dt.date(2026, 4, 3), dt.time(0, 1)))
    client = signed_in(cast.street_officer)
    assert figures(client, "since")["help_requests_received"]["value"] == 2
    opened(cast.home, "2026-04-03")
    assert figures(client, "since")["help_requests_received"]["value"] == 1
    make_community(street=cast.street, opened_on=dt.date(2026, 4, 2))
    assert figures(client, "since", "ZX")["help_requests_received"]["value"] == 2
    assert figures(client, "since", "LT")["help_requests_received"]["value"] == 1


@pytest.mark.parametrize(
    ("days", "first"),
    [
        ([], "2020-01-01"), ([None], "2020-01-01"), (["2026-04-03", None], "2026-04-03"), (["2026-04-03", "2025-01-02"], "2025-01-02"),
        (["2027-01-01"], "2026-11-24"),
    ],
)  # fmt: skip
def test_the_first_day_of_since(days: list[str | None], first: str) -> None:
    houses = [Community(opened_on=dt.date.fromisoformat(day) if day else None) for day in days]
    found = period_named("since", today=dt.date(2026, 11, 24), opened=opened_on(houses))
    assert found and (found.first.isoformat(), found.last.isoformat()) == (first, "2026-11-24")


def test_the_page_offers_since_where_the_day_is_known(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    assert 'value="since"' not in client.get("/dashboard/").content.decode()
    opened(cast.home, "2026-04-03")
    answer = client.get("/dashboard/?period=since")
    assert '<option value="since" selected>' in answer.content.decode()
    frame = answer.context["frame"]
    assert frame.period.first == dt.date(2026, 4, 3) and not answer.context["compared"]
    behind = client.get(f"/dashboard/rows/visits/{frame.link}")
    assert 'href="/dashboard/?period=since"' in behind.content.decode()
