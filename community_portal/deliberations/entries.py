"""Where deliberations are found, and their words in the journals of all matters."""

from django.utils.translation import gettext_lazy as _

from community_portal.casework.queries import register_lines
from community_portal.people.models import STAFF, THIRD_PARTIES
from community_portal.web.navigation import register_pages

register_pages(menu=(("deliberations", _("议事与表决"), "chat-quote", frozenset(map(str, STAFF | THIRD_PARTIES))),))
register_lines(
    meeting_called=_("约了开会：%(topic)s"),
    meeting_held=_("开了会，来了 %(people)s 人：%(topic)s"),
    meeting_off=_("不开了：%(topic)s"),
    minutes_written=_("写了纪要：%(topic)s"),
    decided=_("会上定了一件事"),
    decision_done=_("办了会上定的事：%(topic)s"),
    decision_closed=_("看过，会上定的事办完了：%(topic)s"),
    vote_opened=_("开始表决：%(question)s"),
    vote_goes_on=_("延长了表决：%(question)s"),
    vote_counted=_("确认了表决结果：%(question)s"),
    vote_given_up=_("不再表决：%(question)s"),
    objection_received=_("收到一条异议"),
    objection_answered=_("答复了一条异议"),
)
