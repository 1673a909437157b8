"""Two people, one request: real connections, one wins and the other gets a clear word."""

import pytest

from appointments.actions import steps
from appointments.actions.intake import register_request
from appointments.models import HelpRequest
from appointments.workflow import State
from community_portal import clock
from community_portal.casework.models import Case, Task
from community_portal.casework.queries import broken_link
from community_portal.refusals import Changed
from tests.cast import make_cast
from tests.factories import make_category
from tests.race import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_officers_take_the_same_step_and_one_wins() -> None:
    cast = make_cast()
    made = register_request(
        community=cast.home,
        category=make_category(),
        words="灯坏了",
        resident=cast.elder,
        by=cast.reception,
        at=clock.now(),
    )

    def go() -> None:
        mine = HelpRequest.objects.select_related("case__resident", "category", "community").get(pk=made.pk)
        steps.set_out(mine, by=cast.officer, at=clock.now(), seen=made.version)

    found = all_at_once([go] * 6)
    assert sum(result is None for result in found) == 1
    assert all(isinstance(result, Changed) for result in found if result is not None)
    assert HelpRequest.objects.get(pk=made.pk).state == State.VISITING
    assert Task.objects.open().filter(case=made.case).count() == 1
    assert list(made.case.events.values_list("kind", flat=True)).count("set_out") == 1
    assert broken_link(made.case) is None


def test_numbers_are_gapless_for_twenty_at_once() -> None:
    cast, category = make_cast(), make_category()

    def ask() -> str:
        taken = register_request(
            community=cast.home,
            category=category,
            words="灯坏了",
            resident=cast.elder,
            by=cast.reception,
            at=clock.now(),
        )
        return taken.case.number

    found = all_at_once([ask] * 20)
    assert sorted(n.rsplit("-", 1)[1] for n in found) == [f"{n:04d}" for n in range(1, 21)]
    assert Case.objects.count() == 20
