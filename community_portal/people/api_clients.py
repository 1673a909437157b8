"""Keys for programs of other organisations: given out, found, taken back. What a key may do, each service says.

register_scopes(port_status=_("报充电口的状态"))        # in the app's entries.py
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community_portal.people.links import client_hash_of, new_token
from community_portal.people.models import ApiClient, Organisation, Role, User
from community_portal.refusals import Changed, NotAllowed, Refusal

SCOPES: dict[str, str | Promise] = {}
SEEN_ANEW = dt.timedelta(minutes=1)  # a vendor calls often; to the minute is good enough


def register_scopes(**scopes: str | Promise) -> None:
    """Makes known what a key may do, with the words of the page where it is given out."""
    SCOPES.update(scopes)


def _must_decide(by: Any, organisation: Organisation) -> None:
    """The administrator, or an officer of a street in which the organisation works."""
    if by is None or by.is_superuser:
        return
    streets = by.streets_as(Role.STREET_OFFICER)
    theirs = set(organisation.streets.values_list("pk", flat=True))
    if not streets or theirs and not theirs & streets:
        raise NotAllowed(_("接口密钥由这家单位所在的街道来发。"))


@transaction.atomic
def issue_client(
    organisation: Organisation, *, name: str, scopes: Sequence[str], by: User | None, at: dt.datetime
) -> tuple[ApiClient, str]:
    """A new key, of which only the hash is kept, and its token, which nobody sees again."""
    _must_decide(by, organisation)
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Refusal(_("请选这个系统可以做什么。"), code="no_scope", field="scopes")
    token = new_token()
    row = ApiClient(
        organisation=organisation, name=name, scopes=sorted(scopes), token_hash=client_hash_of(token), made_by=by
    )
    row.made_at = at
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refusal(_("这家单位已经有一个叫这个名字的。"), code="client_exists", field="name", status=409) from error
    return row, token


@transaction.atomic
def revoke_client(client: ApiClient, *, by: User | None, at: dt.datetime) -> None:
    """It ends with the next call."""
    _must_decide(by, client.organisation)
    if not ApiClient.objects.live().filter(pk=client.pk).update(revoked_at=at, revoked_by=by):
        raise Changed(_("情况有变：这个密钥刚刚已经停用了。"))


def find_client(token: str, *, at: dt.datetime) -> ApiClient | None:
    """The live key of a token, marked as used."""
    if not 20 <= len(token) <= 64:
        return None
    found = ApiClient.objects.live().select_related("organisation").filter(token_hash=client_hash_of(token)).first()
    if found:
        unseen = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - SEEN_ANEW)
        ApiClient.objects.filter(unseen, pk=found.pk).update(last_used_at=at)
    return found
