"""What a service may have forgotten when it declared a kind of matter, said when Django starts.

portal.E001  a flow is registered without a kind of matter: its matters.py is missing
portal.E002  a step has no deed, or a deed no step, or takes a field that its form has not
portal.E003  a state cannot be reached from the first one
portal.E004  a step tells a kind of message that nobody registered
portal.E005  a URL name does not reverse, or nothing stands where its notes, steps and words are sent
portal.E006  the model lacks constraints that hold for any matter of its flow
portal.E007  a field that is emptied when somebody is forgotten does not exist
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.urls import NoReverseMatch, Resolver404, resolve

from community_portal.casework.flow import FLOWS, RESUME, Flow
from community_portal.casework.models import truths_of
from community_portal.matters.kinds import KINDS, MatterKind
from community_portal.matters.models import Rated
from community_portal.outbox.kinds import KINDS as MESSAGES


@register("portal")
def check_matters(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Every registered flow and its kind."""
    found: list[CheckMessage] = []
    for flow in FLOWS.values():
        found += unreachable(flow)
        found += untold(flow)
        kind = KINDS.get(flow.name)
        if kind is None:
            found.append(Error(f"{flow.name}: no matters.py registers its kind of matter.", id="portal.E001"))
        else:
            found += [*undone(kind), *lost(kind), *untrue(kind), *unforgotten(kind)]
    return found


def undone(kind: MatterKind) -> Iterator[Error]:
    """Steps and deeds that do not meet."""
    steps, deeds = set(kind.flow.by_name), set(kind.by_step)
    for name in sorted(steps ^ deeds):
        has, lacks = ("step", "deed") if name in steps else ("deed", "step")
        yield Error(f"{kind.flow.name}: the {has} {name} has no {lacks}.", id="portal.E002")
    for deed in kind.deeds:
        fields = deed.form.base_fields if deed.form else {}
        for name in deed.fields:
            if name not in fields:
                yield Error(
                    f"{kind.flow.name}: the deed {deed.step} takes {name}, which its form has not.", id="portal.E002"
                )


def unreachable(flow: Flow) -> Iterator[Error]:
    """States to which no way leads from the first one."""
    reached, ahead = {flow.start}, [flow.start]
    while ahead:
        targets = {step.target for step in flow.steps_from(ahead.pop())} - {None, RESUME}
        ahead += [str(target) for target in targets - reached]
        reached |= {str(target) for target in targets}
    for name in flow.states:
        if name not in reached:
            yield Error(f"{flow.name}: no way leads to the state {name}.", id="portal.E003")


def untold(flow: Flow) -> Iterator[Error]:
    """Messages without words."""
    for step in flow.steps:
        for notice in step.notices:
            if notice not in MESSAGES:
                yield Error(f"{flow.name}: nobody registered the message {notice} of {step.name}.", id="portal.E004")


def lost(kind: MatterKind) -> Iterator[Error]:
    """Addresses that pages of the floor lead to."""
    pages: list[tuple[str, Callable[[str], str], tuple[str, ...]]]
    pages = [(kind.flow.url_name, kind.url_of, ("note/", "step/"))]
    if kind.my_url:
        pages += [(kind.my_url, kind.my_url_of, ("words/", "step/")), (kind.flow.url_name, kind.url_of, ("slip/",))]
    for name, url_of, parts in pages:
        try:
            below = [f"{url_of('AA-26-0001')}{part}" for part in parts]
        except NoReverseMatch:
            yield Error(f"{kind.flow.name}: the URL name {name!r} does not reverse with a number.", id="portal.E005")
            continue
        yield from (_nowhere(kind, url) for url in below if not _resolves(url))


def _nowhere(kind: MatterKind, url: str) -> Error:
    return Error(f"{kind.flow.name}: nothing stands at {url}.", id="portal.E005")


def _resolves(url: str) -> bool:
    try:
        resolve(url)
    except Resolver404:
        return False
    return True


def untrue(kind: MatterKind) -> Iterator[Error]:
    """Truths that the model does not hold."""
    wanted = [*truths_of(kind.flow), *(Rated.Meta.constraints if issubclass(kind.model, Rated) else ())]
    name = kind.model.__name__.lower()
    for missing in _names(wanted, name) - _names(kind.model._meta.constraints, name):
        yield Error(f"{kind.flow.name}: {kind.model.__name__} lacks the constraint {missing}.", id="portal.E006")


def unforgotten(kind: MatterKind) -> Iterator[Error]:
    """Fields that tell of a person, and are none."""
    for path in kind.personal:
        rows, _between, name = path.rpartition("__")
        try:
            model: Any = kind.model._meta.get_field(rows).related_model if rows else kind.model
            model._meta.get_field(name)
        except FieldDoesNotExist:
            yield Error(f"{kind.flow.name}: there is no {path} to be forgotten.", id="portal.E007")


def _names(constraints: Iterable[Any], name: str) -> set[str]:
    return {one.name % {"class": name} for one in constraints}
