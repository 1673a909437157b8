"""What is deliberated on, and who may: the matter with its case, or a case of the community's own."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.actions import authority_over, open_case
from community_portal.casework.models import Case, Event, Matter, Source
from community_portal.deliberations.models.about import About
from community_portal.matters.kinds import KINDS
from community_portal.people.authority import staff_authority
from community_portal.people.models import STAFF, Role, User
from community_portal.people.staff.managing import manages
from community_portal.places.models import Community, Estate
from community_portal.refusals import NotAllowed

CONVENERS = frozenset({Role.MANAGER, Role.STREET_OFFICER, Role.CHARGING, Role.SAFETY, Role.PROPERTY})
RECORDERS = STAFF | {Role.PROPERTY}


@dataclass(frozen=True)
class Topic:
    """A matter of any service, or what stands alone on a ``case``; with an ``estate`` whoever manages that takes part in it."""

    case: Case
    matter: Matter | None = None
    estate: Estate | None = None

    @property
    def flow(self) -> str:
        return self.matter.flow.name if self.matter else ""

    def roles_given(self, by: User) -> frozenset[str]:
        """As what this was given to the organisations of this user."""
        if self.matter:
            return self.matter.roles_given(by)
        if self.estate and manages(by, self.estate.pk, on=clock.today()):
            return frozenset({Role.PROPERTY})
        return frozenset()

    def write(self, kind: str, **line: Any) -> Event:
        """Into the journal: of the matter, where there is one."""
        return (self.matter or self.case).write(kind, **line)

    def hang(self, row: About, *, by: User | None, at: dt.datetime) -> None:
        """Makes the row be about this."""
        row.community, row.case, row.flow = self.case.community, self.case, self.flow
        row.matter_id = self.matter.pk if self.matter else None
        row.made_by, row.made_at = by, at
        if self.estate:
            row.estate = self.estate  # type: ignore[attr-defined]


def topic_of(matter: Matter) -> Topic:
    return Topic(matter.case, matter)


def topic_alone(community: Community, *, title: str, by: User | None, at: dt.datetime) -> Topic:
    """Something of the community that is no matter yet: it has a number and a journal all the same."""
    told: dict[str, Any] = {"title": title[:80], "words": title, "source": Source.DESK, "by": by, "at": at}
    authority = staff_authority(by, community_id=community.pk)
    return Topic(_case_of(community, authority, **told))


def topic_of_estate(estate: Estate, *, title: str, by: User, at: dt.datetime) -> Topic:
    """Something of an estate, brought up by the company that manages it. Raises NotAllowed for any other."""
    if not manages(by, estate.pk, on=clock.local(at).date()):
        raise NotAllowed(_("这个小区不归您单位管。"))
    told: dict[str, Any] = {"title": title[:80], "words": title, "source": Source.PROPERTY, "by": by, "at": at}
    return Topic(_case_of(estate.community, f"role:{Role.PROPERTY}", address=str(estate), **told), estate=estate)


def _case_of(community: Community, authority: str, *, by: User | None, at: dt.datetime, **told: Any) -> Case:
    case = open_case(community=community, grid=None, resident=None, asker=None, phone_tail="", by=by, at=at, **told)
    case.write("opened", by=by, at=at, authority=authority, words=told["words"])
    return case


def topic_again(row: About) -> Topic:
    """Of a meeting, a vote, an objection that there is."""
    kind = KINDS.get(row.flow)
    matter = kind.read().get(pk=row.matter_id) if kind else None
    return Topic(row.case, matter, getattr(row, "estate", None))


def authority_to(topic: Topic, roles: frozenset[Any], by: User | None) -> str:
    """By which role somebody does this; raises NotAllowed for everybody else."""
    given = topic.roles_given(by) if by is not None else frozenset[str]()
    if by is not None and not given & roles and not by.has_role_at(topic.case.community_id, *(roles & STAFF)):
        raise NotAllowed(_("这一步要由别的岗位来办。"))
    if topic.matter:
        return authority_over(topic.matter, by)
    if given:
        return f"role:{min(given)}"
    return staff_authority(by, community_id=topic.case.community_id)
