"""Whether it still works after 30 and after 90 days: due in the register, tested on the spot, opened again where something fails."""

import datetime as dt
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.dues.actions import settle_dues, take_back
from community_portal.matters.actions.steps import take
from community_portal.refusals import Refusal
from safety.actions.retrofit_news import tell_company
from safety.models import Retrofit, RetrofitCheck
from safety.retrofit_dues import TESTED, put_check
from safety.workflow.retrofit_states import EARLY, FOLLOW_UPS

MOST = 500


class Rows(NamedTuple):
    """Tests that are made with the acceptance, and stand in the register once it is taken."""

    retrofit: Retrofit
    since: dt.date

    def put(self, *, at: dt.datetime) -> None:
        for days in FOLLOW_UPS:
            check = RetrofitCheck.objects.create(
                retrofit=self.retrofit, community_id=self.retrofit.community_id, round=self.retrofit.round, after_days=days,
                since=self.since, due_on=self.since + dt.timedelta(days=days),
            )  # fmt: skip
            put_check(check, on=clock.local(at).date(), at=at)


def begin_checks(retrofit: Retrofit, *, since: dt.date) -> tuple[Rows, dt.date]:
    """The tests from that day on, and when the first is due."""
    return Rows(retrofit, since), since + dt.timedelta(days=FOLLOW_UPS[0])


@transaction.atomic
def pass_test(retrofit: Retrofit, *, tested: int | None, working: int | None, words: str = "", **deed: Any) -> None:
    """All that was tried works. Raises Refusal beside ``tested`` and ``working``, and ``too_early``."""
    check = _next(retrofit, tested, working, deed["at"])
    if working != tested:
        raise Refusal(_("有不管用的，请按“试了，不管用”记。"), code="not_all_work", field="working")
    coming = retrofit.checks_now().filter(done_on__isnull=True).exclude(pk=check.pk).first()
    changes = {"next_check_on": coming.due_on if coming else None}
    detail = {"after_days": check.after_days}
    take(retrofit, "pass_test", words=words, changes=changes, detail=detail, **deed)
    _settle(check, passed=True, tested=tested, working=working, words=words, **deed)


@transaction.atomic
def fail_test(retrofit: Retrofit, *, tested: int | None, working: int | None, words: str, **deed: Any) -> None:
    """Something does not work: the works are open again, and both tests follow anew on the next acceptance."""
    check = _next(retrofit, tested, working, deed["at"])
    if working == tested:
        raise Refusal(_("都管用的，请按“试过了，管用”记。"), code="all_work", field="working")
    changes = {"next_check_on": None, "round": retrofit.round + 1, "done_by": None,
               "reopened_count": retrofit.reopened_count + 1}  # fmt: skip
    detail = {"after_days": check.after_days}
    take(retrofit, "fail_test", words=words, changes=changes, detail=detail, **deed)
    _settle(check, passed=False, tested=tested, working=working, words=words, **deed)
    later = retrofit.checks.filter(round=check.round, done_on__isnull=True).select_related("retrofit__case")
    take_back(refs=[one.ref for one in later], at=deed["at"])
    later.delete()
    tell_company("retrofit_failed", retrofit, at=deed["at"], words=words)


def _next(retrofit: Retrofit, tested: int | None, working: int | None, at: dt.datetime) -> RetrofitCheck:
    check = retrofit.checks_now().filter(done_on__isnull=True).select_related("retrofit__case").first()
    if check is None:
        raise Refusal(_("30 天和 90 天都试过了。"), code="not_now", status=409)
    if clock.local(at).date() < check.due_on - dt.timedelta(days=EARLY):
        sentence = _("还早：最早提前 %(n)s 天去试。") % {"n": EARLY}
        raise Refusal(sentence, code="too_early", field="tested", status=409)
    if not tested or not 0 < tested <= MOST:
        raise Refusal(_("请写试了几个喷淋。"), code="nothing_tested", field="tested")
    if working is None or not 0 <= working <= tested:
        raise Refusal(_("正常的不能比试过的多。"), code="more_than_tested", field="working")
    return check


def _settle(check: RetrofitCheck, *, by: Any, at: dt.datetime, seen: int | None = None, **told: Any) -> None:
    on = clock.local(at).date()
    told["words"] = told["words"][:300]
    RetrofitCheck.objects.filter(pk=check.pk).update(done_on=on, done_by=by, **told)
    settle_dues(
        tags=[TESTED], refs=[check.ref], on=on, ref=f"retrofit:{check.retrofit_id}", by=by, at=at, words=told["words"]
    )
