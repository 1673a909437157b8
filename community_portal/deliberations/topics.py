"""What is deliberated on, and who may: the matter with its case, or a case of the community's own."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal.casework.actions import authority_over, open_case
from community_portal.casework.models import Case, Event, Matter, Source
from community_portal.deliberations.models.about import About
from community_portal.matters.kinds import KINDS
from community_portal.people.authority import staff_authority
from community_portal.people.models import STAFF, Role, User
from community_portal.places.models import Community
from community_portal.refusals import NotAllowed

CONVENERS = frozenset({Role.MANAGER, Role.STREET_OFFICER, Role.CHARGING, Role.SAFETY, Role.PROPERTY})
RECORDERS = STAFF | {Role.PROPERTY}


@dataclass(frozen=True)
class Topic:
    """A matter of any service, or what stands alone on a ``case``."""

    case: Case
    matter: Matter | None = None

    @property
    def flow(self) -> str:
        return self.matter.flow.name if self.matter else ""

    def write(self, kind: str, **line: Any) -> Event:
        """Into the journal: of the matter, where there is one."""
        return (self.matter or self.case).write(kind, **line)

    def hang(self, row: About, *, by: User | None, at: dt.datetime) -> None:
        """Makes the row be about this."""
        row.community, row.case, row.flow = self.case.community, self.case, self.flow
        row.matter_id = self.matter.pk if self.matter else None
        row.made_by, row.made_at = by, at


def topic_of(matter: Matter) -> Topic:
    return Topic(matter.case, matter)


def topic_alone(community: Community, *, title: str, by: User | None, at: dt.datetime) -> Topic:
    """Something of the community that is no matter yet: it has a number and a journal all the same."""
    told: dict[str, Any] = {"title": title[:80], "words": title, "source": Source.DESK, "by": by, "at": at}
    case = open_case(community=community, grid=None, resident=None, asker=None, phone_tail="", **told)
    case.write("opened", by=by, at=at, authority=staff_authority(by, community_id=community.pk), words=title)
    return Topic(case)


def topic_again(row: About) -> Topic:
    """Of a meeting, a vote, an objection that there is."""
    kind = KINDS.get(row.flow)
    return Topic(row.case, kind.read().get(pk=row.matter_id) if kind else None)


def authority_to(topic: Topic, roles: frozenset[Any], by: User | None) -> str:
    """By which role somebody does this; raises NotAllowed for everybody else."""
    if by is not None and not by.is_superuser:
        given = topic.matter.roles_given(by) if topic.matter else frozenset()
        if not given & roles and not by.has_role_at(topic.case.community_id, *(roles & STAFF)):
            raise NotAllowed(_("这一步要由别的岗位来办。"))
    if topic.matter:
        return authority_over(topic.matter, by)
    return staff_authority(by, community_id=topic.case.community_id)
