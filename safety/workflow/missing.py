"""What a step of a drill still waits for: 还差 n 项, each with the page where it is put right."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal.casework.flow import Part


def to_submit(drill: Any) -> list[Part]:
    """A plan that can be approved says what for, where, by whom, and when to stop: afterwards none of it can be changed."""
    page = reverse("drill_plan", args=[drill.case.number])
    members = list(drill.members.values_list("group", "is_leader"))
    found = [
        (not drill.objectives.exists(), _("还没写目标"), "#objectives"),
        (not drill.houses.exists(), _("还没选在哪里演练"), "#houses"),
        (len({group for group, leads in members if leads}) < 5, _("五个组还没都定组长"), "#groups"),
        (not drill.points.exists(), _("还没定集合点"), "#points"),
        (not drill.commander_id, _("还没定总指挥"), "#people"),
        (not drill.evaluator_id, _("还没定评估人"), "#people"),
        (not drill.place, _("还没写在哪里集合"), ""),
        (not drill.scenario, _("还没写假设的险情"), ""),
        (not drill.route, _("还没写疏散路线"), ""),
        (not drill.stop_rule, _("还没写什么情况马上停"), ""),
    ]
    return [Part(sentence, page + where) for is_missing, sentence, where in found if is_missing]


def to_notify(drill: Any) -> list[Part]:
    """A poster says where to come."""
    page = reverse("drill_plan", args=[drill.case.number])
    return [] if drill.place else [Part(_("还没写在哪里集合"), page)]


def to_be_ready(drill: Any) -> list[Part]:
    """Each line of the check-list is done or waived, and everybody who needs help has somebody."""
    page = reverse("drill", args=[drill.case.number])
    found = [
        Part(_("%(what)s还没做") % {"what": item}, f"{page}#check-{item.pk}")
        for item in drill.checks.filter(done_at=None)
    ]
    alone = drill.helpers.filter(assigned_at=None).count()
    if alone:
        found.append(
            Part(
                _("%(n)s 位走不动的居民还没有帮扶人") % {"n": alone}, reverse("drill_helpers", args=[drill.case.number])
            )
        )
    return found


def to_evaluate(drill: Any) -> list[Part]:
    """Each objective is rated, each question was asked, what is to be improved has an action or says why not."""
    page = reverse("drill_evaluation", args=[drill.case.number])
    found = [
        Part(_("目标 %(n)s 还没评级") % {"n": one.number}, f"{page}#objective-{one.pk}")
        for one in drill.objectives.filter(rating="")
    ]
    found += [
        Part(_("问题 %(n)s 还没有演练前后的数") % {"n": one.number}, f"{page}#question-{one.pk}")
        for one in drill.questions.all()
        if not (one.before_asked and one.after_asked)
    ]
    found += [
        Part(_("“%(words)s”还没有整改，也没写为什么不用") % {"words": one.words}, f"{page}#observation-{one.pk}")
        for one in drill.observations.filter(kind="improve", no_action_why="", actions=None)
    ]
    found += [
        Part(_("“%(title)s”说好这次验，还没验") % {"title": one.case.title}, f"{page}#retests")
        for one in drill.retests.filter(state="checked").select_related("case")
    ]
    return found


def to_close(drill: Any) -> list[Part]:
    """Every action is done, or carried to a drill that has a name."""
    rows = drill.actions.filter(state__in=["open", "proof"], retest_in=None).select_related("case")
    return [
        Part(
            _("“%(title)s”还没改好，也没说在哪场演练验") % {"title": one.case.title},
            reverse("corrective", args=[one.case.number]),
        )
        for one in rows
    ]
