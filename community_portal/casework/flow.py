"""Flow is data: one table of states and steps per matter drives buttons, enforcement, API, progress line and tests.

An app declares its ``Flow`` in its ``workflow.py`` and registers it when Django starts; nothing here knows any app.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from community_portal.casework.deadlines import Limit
from community_portal.people.models import COMMUNITY_STAFF, STAFF, Organisation
from community_portal.people.reach import whole_communities
from community_portal.places.models import Community

Label = str | Promise


def no_limit(matter: Any) -> Limit | None:
    """As long as it takes."""
    return None


def always(matter: Any) -> bool:
    """Whatever the matter says."""
    return True


class Part(NamedTuple):
    """Something that a step still waits for, in a sentence, and the page where it is put right."""

    sentence: Label
    url: str


def nothing_missing(matter: Any) -> list[Part]:
    return []


@dataclass(frozen=True)
class Rung:
    """One step of a ladder of escalation: ``after`` the limit of its state has passed (after the state began, in one without
    a limit), a message of this ``kind`` goes ``to`` somebody.

    ``to`` is ``handler`` (whoever has the task, or all of the role that it waits for), a role at the place, or a function
    ``(task, at)`` that names accounts, residents or recipients of messages. It is asked when the step is taken, not before.
    """

    after: dt.timedelta | Limit
    to: str | Callable[[Any, dt.datetime], Iterable[Any]]
    kind: str


# The ladder of a state that names none: whoever has it and the manager hear of it once, when the limit has passed.
OVERDUE = (Rung(dt.timedelta(), "handler", "task_overdue"), Rung(dt.timedelta(), "manager", "task_overdue"))


@dataclass(frozen=True)
class StateSpec:
    """One state.

    ``plain`` is what the resident reads; ``owner`` who has the task: ``handler`` or a role; ``limit`` computes the working
    time allowed in it; ``milestone`` its place on the progress line (0-based); ``stops_clock`` while waiting for others;
    ``is_done``: what was asked for is decided, only telling and calling back are left; ``gave_up`` an end of which no
    progress line is shown.

    ``round_the_clock``: hours and days of its limit pass at night, too, and what is said of it then does not wait for the
    morning. ``escalation`` is the ladder of who hears of it when its limit has passed (casework/ladders.py). After
    ``silence_days`` working days without an answer in a state that stops the clock, whoever has it is told to ring; 0: never.
    """

    label: Label
    _: KW_ONLY
    plain: Label
    owner: str = "handler"
    todo: Label = ""
    tone: str = "info"
    limit: Callable[[Any], Limit | None] = no_limit
    milestone: int = 0
    stops_clock: bool = False
    is_done: bool = False
    is_end: bool = False
    gave_up: bool = False
    round_the_clock: bool = False
    silence_days: int = 3
    escalation: tuple[Rung, ...] = OVERDUE


@dataclass(frozen=True)
class Step:
    """One way from ``sources`` to ``target``; ``target`` None stays where it is, ``RESUME`` returns to where it waited from.

    ``label`` is the word on its button, ``past`` what the journal says afterwards: 周敏 派了网格员. ``done`` is said to whoever
    took it, ``words_label`` names its words on the form. ``roles`` may contain ``resident``: the person it is about, who
    asked, or a delegate. ``notices`` are kinds of messages to them (the app's notices.py).

    It is possible only while ``when`` says so of the matter: else neither pages nor API offer it, and whoever takes it all the
    same reads ``not_now``. ``missing_parts`` are what it still waits for: the page says 还差 n 项 with a link for each.

    ``tone`` of the button: ``primary`` moves on, while ``leads_on``; ``quiet`` is a side way, ``danger`` ends. Its button
    stands in a ``panel`` of the page, where one is named, else in the heading. ``works_offline``: its form waits on the phone
    where there is no network.
    """

    name: str
    label: Label
    _: KW_ONLY
    past: Label
    done: Label
    sources: frozenset[str]
    target: str | None = None
    roles: frozenset[str]
    tone: str = "quiet"
    needs_words: bool = False
    words_label: Label = ""
    is_public: bool = True
    notices: tuple[str, ...] = ()
    only_handler: bool = False
    when: Callable[[Any], bool] = always
    not_now: Label = gettext_lazy("这一步现在还不能办，或者已经不用办了。")
    missing_parts: Callable[[Any], list[Part]] = nothing_missing
    leads_on: Callable[[Any], bool] = always
    panel: str = ""
    works_offline: bool = False


RESUME = "__resume__"


@dataclass(frozen=True)
class Flow:
    """The whole table of one kind of matter. ``url_name`` takes the case number; ``to_decide`` is what an inbox says to the
    ``decider`` of a matter; ``reached_by`` names, by milestone, the steps any of which means that it really happened: one
    without an entry did when the matter is past it.

    ``lines`` are the journal's words for what is no step: ``opened``, and whatever kinds the app itself writes, with places
    for what stands in their detail. Those ``said_by_the_portal`` quote nobody, and are shown in the reader's language.
    ``pool`` is the role that does what its handler cannot, until somebody else has it in hand.

    ``readers`` are the roles that read these matters at their place (empty: all of its staff); whoever has one in hand reads
    it anyway, and so does a third party that was given it. ``openers`` are the roles that may open one (empty: the staff of
    the community). ``files_of`` names, for a role of a third party, the lines whose files it opens; a role without an entry
    opens all that came with what it was given.
    """

    name: str
    label: Label
    hue: str
    icon: str
    url_name: str
    states: dict[str, StateSpec]
    steps: tuple[Step, ...]
    milestones: tuple[Label, ...]
    lines: dict[str, Label]
    said_by_the_portal: frozenset[str] = frozenset()
    pool: str = "receptionist"
    to_decide: Label = ""
    readers: frozenset[str] = frozenset()
    openers: frozenset[str] = frozenset()
    reached_by: dict[int, frozenset[str]] = field(default_factory=dict)
    files_of: dict[str, frozenset[str]] = field(default_factory=dict)
    by_name: dict[str, Step] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_name.update({step.name: step for step in self.steps})
        for step in self.steps:
            named = set(step.sources) | ({step.target} if step.target not in (None, RESUME) else set())
            unknown = named - set(self.states)
            if unknown:
                raise ValueError(f"{self.name}: step {step.name} names unknown states {sorted(map(str, unknown))}")
        if blind := (self._doers & STAFF) - self.read_by:
            raise ValueError(f"{self.name}: {sorted(map(str, blind))} do what they may not read")

    @property
    def _doers(self) -> frozenset[str]:
        """Who takes steps or has tasks."""
        owners = {self.role_for(name) for name, spec in self.states.items() if not spec.is_end}
        return frozenset(owners.union(*(step.roles for step in self.steps)))

    @property
    def read_by(self) -> frozenset[str]:
        """The roles that read these matters at their place."""
        return self.readers or STAFF

    @property
    def start(self) -> str:
        """The first state of the table, where every way begins."""
        return next(iter(self.states))

    @property
    def under_way(self) -> frozenset[str]:
        """States in which something is still to be done about it, more than to call back."""
        return frozenset(name for name, spec in self.states.items() if not spec.is_end and not spec.is_done)

    @property
    def handled(self) -> frozenset[str]:
        """States in which its handler has it in hand."""
        return frozenset(name for name, spec in self.states.items() if spec.owner == "handler" and not spec.is_end)

    def steps_from(self, state: str) -> Iterable[Step]:
        """Steps that lead on from a state, whoever may take them."""
        return (step for step in self.steps if state in step.sources)

    def role_for(self, state: str) -> str:
        """The role that does what nobody in particular does: who owns the state, the pool for one that its handler owns."""
        owner = self.states[state].owner
        return self.pool if owner == "handler" else owner

    def open_steps(self, matter: Any, user: Any, *, is_party: bool = False) -> list[Step]:
        """Steps that this user may take and that the matter admits now, also those that still miss something; ``is_party``
        when they are the resident concerned or act for them."""
        return [
            step
            for step in self.steps_from(matter.state)
            if step.when(matter) and may_take(step, matter, user, is_party=is_party)
        ]


def may_take(step: Step, matter: Any, user: Any, *, is_party: bool = False) -> bool:
    """Role at the matter's community, or in an organisation that was given it; a grid officer only in their grid or as handler;
    ``resident`` only as a party."""
    if "resident" in step.roles and is_party:
        return True
    if user is None or user.is_superuser:
        return True
    if step.only_handler and matter.handler_id != user.pk and not user.has_role_at(matter.community_id, "manager"):
        return False
    return _is_one_of(user, step.roles, matter) or bool(step.roles & matter.roles_given(user))


def _is_one_of(user: Any, roles: frozenset[str], matter: Any) -> bool:
    """By a role at the matter's place."""
    if matter.community_id in whole_communities(user, roles):
        return True
    is_officer = "grid_officer" in roles and matter.community_id in user.communities_as("grid_officer")
    return is_officer and (matter.handler_id == user.pk or matter.grid_id in user.grid_ids)


def may_open(flow: Flow, user: Any, community: Community) -> bool:
    """May this user open a matter of that flow in the community: by a role there, or as a third party that works in its street?"""
    if user.has_role_at(community.pk, *((flow.openers or COMMUNITY_STAFF) & STAFF)):
        return True
    firms = [organisation for role, organisation in user.organisation_posts if role in flow.openers]
    return bool(firms) and Organisation.objects.filter(pk__in=firms).working_in(community.street).exists()


FLOWS: dict[str, Flow] = {}


def register_flow(flow: Flow) -> Flow:
    """Makes a flow known to inboxes, journals and escalation; an app's ``workflow.py`` calls it when Django starts."""
    FLOWS[flow.name] = flow
    return flow
