"""Somebody dies while a plan lies before them: everything is quiet, the money is free, and a mistake is undone whole."""

from decimal import Decimal

import pytest
import time_machine

from community_portal.answers.models import AnswerLink
from community_portal.casework.models import Task
from community_portal.outbox.models import Message, MessageState
from community_portal.people.actions import close_file, reopen_file
from community_portal.people.models import Role
from community_portal.refusals import Changed
from eldercare.actions import giving_up
from eldercare.models import Programme
from eldercare.workflow.states import State
from tests.cast import Cast
from tests.eldercare.adapting import DAY, HOUR, fresh, make_carer, proposed, sign
from tests.eldercare.elders import MONDAY

pytestmark = pytest.mark.django_db


def die(cast: Cast) -> None:
    cast.elder.refresh_from_db()
    close_file(
        cast.elder, why="deceased", on=MONDAY.date(), by=cast.reception, at=MONDAY + DAY, seen=cast.elder.version
    )


def test_nobody_is_asked_any_more_and_the_money_is_free(cast: Cast) -> None:
    with time_machine.travel(MONDAY + DAY, tick=False):
        made = proposed(cast, make_carer(cast))
        assert Programme.objects.get().committed == 600
        die(cast)
        assert Programme.objects.get().committed == 0 and fresh(made).bound == 0
        assert not AnswerLink.objects.live().exists()
        waiting = Message.objects.filter(kind="adapt_sign_please", state=MessageState.WAITING)
        assert not waiting.exists()
        with pytest.raises(Changed):
            sign(made)
        task = Task.objects.open().get(matter_id=made.pk)
        assert task.role == Role.MANAGER
        giving_up.cancel(fresh(made), words="老人去世了", by=cast.manager, at=MONDAY + DAY + HOUR)
        assert fresh(made).state == State.CANCELLED
        assert not Message.objects.filter(resident=cast.elder, created_at__gte=MONDAY + DAY).exists()


def test_a_mistake_is_undone_while_there_is_money(cast: Cast) -> None:
    with time_machine.travel(MONDAY + DAY, tick=False):
        made = proposed(cast, make_carer(cast))
        die(cast)
        cast.elder.refresh_from_db()
        reopen_file(cast.elder, by=cast.reception, at=MONDAY + 2 * DAY, seen=cast.elder.version)
        assert fresh(made).bound == 600 and Programme.objects.get().committed == 600
        sign(fresh(made))


def test_money_that_others_took_meanwhile_stops_the_order(cast: Cast) -> None:
    with time_machine.travel(MONDAY + DAY, tick=False):
        made = proposed(cast, make_carer(cast))
        die(cast)
        Programme.objects.update(committed=Decimal(99_900))
        cast.elder.refresh_from_db()
        reopen_file(cast.elder, by=cast.reception, at=MONDAY + 2 * DAY, seen=cast.elder.version)
        made = fresh(made)
        assert made.bound == 0
        sign(made)
        made = fresh(made)
        told = [str(part.sentence) for part in made.flow.by_name["order"].missing_parts(made)]
        assert told == ["预算没有留住，请退回重做方案"]
