"""What a step of a retrofit still waits for: 还差 n 项, each with the page where it is put right.

Read by the table of steps, so it knows rows by their relations alone."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal.casework.flow import Part
from community_portal.deliberations.models import Meeting, MeetingKind, PartyRole, Survey
from safety.workflow.states import HAZARD_OPEN

# Who has to sit at the table, each in one of these roles.
SIDES: tuple[tuple[Any, frozenset[str]], ...] = (
    (PartyRole.FIRE, frozenset({PartyRole.FIRE})),
    (PartyRole.COMMUNITY, frozenset({PartyRole.COMMUNITY})),
    (PartyRole.PROPERTY, frozenset({PartyRole.PROPERTY})),
    (PartyRole.RESIDENTS, frozenset({PartyRole.RESIDENTS, PartyRole.OWNERS})),
)


def _page(retrofit: Any) -> str:
    return reverse("retrofit", args=[retrofit.case.number])


def _here(retrofit: Any) -> str:
    return f"?flow=retrofit&number={retrofit.case.number}"


def joint_meetings(retrofit: Any) -> Any:
    """Held, the newest first."""
    rows = Meeting.objects.of(retrofit).filter(kind=MeetingKind.JOINT, held_at__isnull=False)
    return rows.prefetch_related("parties", "decisions")


def to_count(retrofit: Any) -> list[Part]:
    if Survey.objects.of(retrofit).exists():
        return []
    return [Part(_("还没有问住户的问卷"), reverse("open_survey") + _here(retrofit))]


def sides_missing(meeting: Any) -> list[Any]:
    """Those of whom nobody came, in words."""
    came = {party.role for party in meeting.parties.all() if party.came}
    return [role.label for role, roles in SIDES if not came & roles]


def to_agree(retrofit: Any) -> list[Part]:
    """A joint meeting was held, all four sides came, something was decided there."""
    held = list(joint_meetings(retrofit))
    if not held:
        return [Part(_("还没有开过联席会"), reverse("call_meeting") + _here(retrofit))]
    if any(not sides_missing(one) and one.decisions.all() for one in held):
        return []
    newest, url = held[0], reverse("meeting", args=[held[0].pk])
    found = [Part(_("联席会上没有%(side)s") % {"side": side}, url) for side in sides_missing(newest)]
    return found + ([] if newest.decisions.all() else [Part(_("会上定下来的事还没有记"), url)])


def to_start(retrofit: Any) -> list[Part]:
    page = _page(retrofit)
    found = [
        (retrofit.measures.exists(), _("还没定措施"), "#measures"),
        (retrofit.zones.exists(), _("还没排分区"), "#zones"),
        (retrofit.contributions.exists(), _("还没写各方出什么力"), "#contributions"),
    ]
    return [Part(sentence, page + where) for is_there, sentence, where in found if not is_there]


def to_report(retrofit: Any) -> list[Part]:
    page = _page(retrofit)
    open_ones = retrofit.measures.filter(done_on__isnull=True)
    return [Part(_("%(what)s还没做好") % {"what": one}, f"{page}#measure-{one.pk}") for one in open_ones]


def to_close(retrofit: Any) -> list[Part]:
    """It was tested after 30 and after 90 days, and the hazards that led to it are closed by their own re-inspection."""
    page = _page(retrofit)
    found = [
        Part(_("%(n)s 天还没去试") % {"n": one.after_days}, f"{page}#checks")
        for one in retrofit.checks_now()
        if not one.passed
    ]
    return found + [
        Part(
            _("隐患 %(number)s 还没销号") % {"number": one.hazard.case.number},
            reverse("hazard", args=[one.hazard.case.number]),
        )
        for one in retrofit.hazards.select_related("hazard__case")
        if one.hazard.state in HAZARD_OPEN
    ]
