"""What is said about a help request beyond what is said about any matter (matters/notices.py)."""

from django.utils.translation import gettext_lazy as _

from appointments.workflow import State
from community_portal.matters.notices import while_in, while_in_their_hands
from community_portal.outbox.kinds import Kind, register_kinds

register_kinds(
    Kind(
        "help_registered",
        _("求助已登记"),
        _("【%(hall)s】您的求助已登记，编号 %(number)s。查进度：%(url)s，编号加手机后四位。电话 %(phone)s。"),
    ),
    Kind(
        "help_officer_on_the_way",
        _("网格员出发了"),
        _("【%(hall)s】网格员 %(officer)s 正在去您家的路上，了解“%(title)s”。请留意敲门。"),
        while_in(State.VISITING),
        is_urgent=True,
    ),
    Kind(
        "help_not_eligible",
        _("暂不符合条件"),
        _("【%(hall)s】%(number)s 暂时不符合条件：%(words)s 有疑问请打 %(phone)s。"),
        while_in(State.NOT_ELIGIBLE, State.CLOSED),
    ),
    Kind(
        "help_resolved",
        _("办好了"),
        _("【%(hall)s】%(number)s “%(title)s”：%(words)s 我们会打电话回访。"),
        while_in(State.RESOLVED, State.CLOSED),
    ),
    Kind(
        "help_assigned",
        _("新的上门任务"),
        _("%(number)s“%(title)s”派给您了，%(due)s 前上门。"),
        while_in_their_hands,
        for_staff=True,
    ),
    Kind("help_never_home", _("几次没见到人"), _("%(number)s“%(title)s”上门 %(count)s 次没见到人。"), for_staff=True),
)
