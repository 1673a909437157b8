"""What people can come for: adding, changing and closing a service."""

import datetime as dt

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from community_portal.bookings.actions.openings import Replanned, replan
from community_portal.bookings.actions.sessions import cancel_session
from community_portal.bookings.models import Opening, Service, Session, SessionState
from community_portal.bookings.planning import DAYS_AHEAD
from community_portal.people.models import Role, User
from community_portal.people.staff.memberships import EASY_TO_READ
from community_portal.refusals import Changed, NotAllowed


def may_edit_service(service: Service, user: User) -> bool:
    """A community's own service: its manager. A street's: the street officer. Everyone's: administrators."""
    if user.is_superuser:
        return True
    if service.community_id:
        return user.has_role_at(service.community_id, Role.MANAGER, Role.STREET_OFFICER)
    if service.street_id:
        return any(m.role == Role.STREET_OFFICER and m.street_id == service.street_id for m in user.memberships_now)
    return False


def _free_code(service: Service) -> str:
    """From its English name, or the place it belongs to; with a few letters of chance, so that two at once never meet."""
    place = service.community or service.street
    return f"{slugify(service.name_en)[:20] or (place.code.lower() if place else 'all')}-{get_random_string(5, EASY_TO_READ)}"


@transaction.atomic
def save_service(*, service: Service, by: User | None, at: dt.datetime, seen: int | None = None) -> Replanned:
    """Stores a new or changed service; the future sessions of its openings follow (a closed one has none).

    Answers what became of them: ``kept`` are those with bookings, for staff to move. Of a service that is closed there is
    nothing to move to: whoever had booked is called off and told. ``seen`` is the version that the page showed. Raises NotAllowed, and Changed when somebody else saved it meanwhile.
    """
    if by is not None and not may_edit_service(service, by):
        raise NotAllowed(_("这项服务由上一级来定，您可以添加本社区自己的服务。"))
    if service.pk is not None:
        version = service.version if seen is None else seen
        if Service.objects.select_for_update().filter(pk=service.pk, version=version).first() is None:
            raise Changed(_("情况有变：这项服务刚刚有人改过，请再看一眼。"))
        service.version = version + 1
    service.code = service.code or _free_code(service)
    service.save()
    if not service.is_active:
        return _end_service(service, by=by, at=at)
    return _replan(service, at=at)


def _replan(service: Service, *, at: dt.datetime) -> Replanned:
    openings = list(Opening.objects.filter(service=service).select_related("service", "community").order_by("id"))
    for opening in openings:
        opening.service = service
    return replan(openings, at=at, days=DAYS_AHEAD) if openings else Replanned()


def _end_service(service: Service, *, by: User | None, at: dt.datetime) -> Replanned:
    done = _replan(service, at=at)
    booked = Session.objects.filter(service=service, state=SessionState.OPEN, starts_at__gt=at, taken__gt=0)
    done.kept = []
    for session in booked.order_by("id"):
        done.called_off += len(cancel_session(session=session, for_good=True, by=by, at=at))
    return done
