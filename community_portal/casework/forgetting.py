"""The words, the address and the papers of a case go when the person it is about is forgotten; who did what and when stays."""

import functools

import pgtrigger
from django.db import connection, transaction
from django.db.models import Q

from community_portal.casework.models import Attachment, Case, Event, Task
from community_portal.outbox.models import Message
from community_portal.people.register.retention import NOBODY, register_forgetter

# The journal is sealed anew without its words: each line's hash follows from the one before it (Event, chain_the_journal).
_SEAL = """
    UPDATE casework_event SET hash = encode(sha256(convert_to(concat_ws('|', %s, case_id, sequence, flow, matter_id, kind,
        source_state, target_state, words, detail, is_public, actor_id, on_behalf_of_id, authority,
        extract(epoch from at)), 'UTF8')), 'hex') WHERE id = %s RETURNING hash
"""


def forget_cases(resident_ids: list[int]) -> None:
    """Cases about these people. One that they told us for somebody else is that person's; only their phone opens it no more."""
    cases = Case.objects.filter(Q(resident__in=resident_ids) | Q(resident__isnull=True, asker__in=resident_ids))
    ids = list(cases.order_by("pk").values_list("pk", flat=True))
    Case.objects.filter(pk__in=ids).update(title=NOBODY, words="", address="")
    Case.objects.filter(Q(pk__in=ids) | Q(asker__in=resident_ids)).update(phone_tail="")
    for attachment in Attachment.objects.filter(case__in=ids).exclude(file=""):
        transaction.on_commit(functools.partial(attachment.file.storage.delete, str(attachment.file)))
    tasks = Task.objects.filter(case__in=ids).values_list("pk", flat=True)
    Message.objects.filter(subject__in=[f"task:{pk}" for pk in tasks]).delete()
    Attachment.objects.filter(case__in=ids).update(file="", original_name=NOBODY, taken_at=None)
    with pgtrigger.ignore("casework.Event:journal_is_append_only"):
        Event.objects.filter(case__in=ids).update(words="", detail={})
        for case_id in ids:
            _seal(case_id)


def _seal(case_id: int) -> None:
    last = ""
    with connection.cursor() as cursor:
        for event_id in Event.objects.filter(case=case_id).order_by("sequence").values_list("pk", flat=True):
            cursor.execute(_SEAL, [last, event_id])
            last = cursor.fetchone()[0]
    Case.objects.filter(pk=case_id).update(journal_hash=last)


register_forgetter(forget_cases)
