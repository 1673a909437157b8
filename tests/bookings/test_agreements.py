"""A time agreed for the matter of any service: it is shown by its number, and the matter hears what becomes of it."""

import datetime as dt
from typing import Any

import pytest

from appointments.visits.calendars import calendar_of
from community_portal import clock
from community_portal.bookings import agreements
from community_portal.bookings.actions import agree_time, give_up_booking, take_back_cancel
from community_portal.bookings.agreements import Purpose, bookings_concerning
from community_portal.bookings.models import Booking, CancelReason
from community_portal.refusals import Changed
from tests.cast import Cast

NOW = clock.at_wall(dt.date(2026, 11, 23), dt.time(9, 42))


class Assessment:
    """As another service would keep it: a matter with one time agreed for it."""

    def __init__(self, booking: Booking, cast: Cast) -> None:
        self.booking, self.cast, self.waits, self.journal = booking, cast, True, []  # type: ignore[var-annotated]

    def purposes(self, bookings: list[int]) -> dict[int, Purpose]:
        number = "LT-26-0999"
        known = Purpose(number, f"/assessments/{number}/", self.cast.grid, f"/my/assessments/{number}/", "装扶手")
        return {pk: known for pk in bookings if pk == self.booking.pk}

    def of_matters_of(self, user: Any) -> list[int]:
        return [self.booking.pk] if user == self.cast.stranger_account else []

    def lock(self, booking: Booking) -> "Assessment | None":
        return self if booking.pk == self.booking.pk else None

    def still_waits(self) -> bool:
        return self.waits

    def write(self, kind: str, *, authority: str, by: Any, at: dt.datetime, reason: str = "") -> None:
        self.journal.append((kind, authority, reason))


@pytest.fixture
def assessment(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Assessment:
    booking = agree_time(
        host=cast.officer, resident=cast.elder, starts_at=NOW + dt.timedelta(days=1), minutes=60, title="上门评估",
        by=cast.officer, at=NOW,
    )  # fmt: skip
    made = Assessment(booking, cast)
    monkeypatch.setattr(agreements, "AGREEMENTS", [*agreements.AGREEMENTS, made])
    return made


def test_the_matter_hears_that_its_time_is_given_up_and_that_it_stands_again(
    assessment: Assessment, cast: Cast
) -> None:
    booking = give_up_booking(
        booking=assessment.booking, reason=CancelReason.UNWELL, by=cast.elder_account, at=NOW + dt.timedelta(minutes=1)
    )
    take_back_cancel(booking=booking, by=cast.elder_account, at=NOW + dt.timedelta(minutes=2))
    assert assessment.journal == [("appointment_cancelled", "self", "unwell"), ("appointment_stands", "self", "")]


def test_a_matter_that_went_another_way_does_not_take_the_time_back(assessment: Assessment, cast: Cast) -> None:
    booking = give_up_booking(booking=assessment.booking, reason=CancelReason.UNWELL, by=cast.elder_account, at=NOW)
    assessment.waits = False
    with pytest.raises(Changed, match="另有安排"):
        take_back_cancel(booking=booking, by=cast.elder_account, at=NOW)
    assert [kind for kind, *_rest in assessment.journal] == ["appointment_cancelled"]


def test_it_is_shown_by_its_number_and_leads_to_its_page(
    assessment: Assessment, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    [entry] = [entry for entry in calendar_of(cast.officer, at=NOW) if "上门评估" in entry.summary]
    assert entry.summary == "上门评估 LT-26-0999" and entry.url == "/assessments/LT-26-0999/"
    assert assessment.booking in bookings_concerning(cast.stranger_account), "whose matter it is"


def test_how_it_went_is_written_down_with_the_matter(assessment: Assessment, cast: Cast, signed_in: Any) -> None:
    reception = signed_in(cast.reception)
    assert reception.get(f"/desk/visits/{assessment.booking.pk}/")["Location"] == "/assessments/LT-26-0999/"
    refused = reception.post(f"/desk/visits/{assessment.booking.pk}/served/")
    assert refused.status_code == 422 and "/assessments/LT-26-0999/" in refused.content.decode()


def test_who_raised_the_matter_comes_to_it_from_the_booking_and_who_only_books_does_not(
    assessment: Assessment, cast: Cast, signed_in: Any
) -> None:
    page = f"/my/bookings/{assessment.booking.pk}/"
    assert "/my/assessments/LT-26-0999/" in signed_in(cast.stranger_account).get(page).content.decode()
    shown = signed_in(cast.elder_account).get(page)
    assert shown.status_code == 200 and "LT-26-0999" not in shown.content.decode()
