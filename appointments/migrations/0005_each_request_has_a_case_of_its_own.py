from zoneinfo import ZoneInfo

from django.db import connection, migrations
from django.db.models import Count

COPIED = ("community_id", "grid_id", "resident_id", "asker_id", "title", "words", "source", "address", "phone_tail")


def part_cases(apps, schema_editor):
    """A second request on a case gets a case of its own, part of the first. What its journal said stays where it was written:
    nobody rewrites a journal; the new one begins with who opened it and where the rest is told."""
    HelpRequest = apps.get_model("appointments", "HelpRequest")
    doubled = HelpRequest.objects.values("case").annotate(n=Count("pk")).filter(n__gt=1).values("case")
    for case_id in list(doubled.values_list("case", flat=True)):
        for request in HelpRequest.objects.filter(case=case_id).order_by("id")[1:]:
            _part(apps, request)


def _part(apps, request):
    Case, Event = apps.get_model("casework", "Case"), apps.get_model("casework", "Event")
    first = request.case
    opened_by, opened_at = first.opened_by_id, request.opened_at
    case = Case.objects.create(
        number=_next_number(first.community, opened_at),
        part_of=first,
        opened_by_id=opened_by,
        opened_at=opened_at,
        **{name: getattr(first, name) for name in COPIED},
    )
    of_this = {"flow": "help_request", "matter_id": request.pk}
    opened = Event.objects.filter(case=first, kind="opened", **of_this).first()
    told = {"actor_id": opened.actor_id, "authority": opened.authority, "on_behalf_of_id": opened.on_behalf_of_id} if opened else {}
    words = opened.words if opened else ""
    Event.objects.create(case=case, kind="opened", at=opened_at, is_public=True, words=words, **of_this, **told)
    Event.objects.create(
        case=case, kind="parted", at=request.state_since, authority="system", is_public=True,
        detail={"number": first.number}, **of_this,
    )
    for name in ("Task", "Commission"):
        apps.get_model("casework", name).objects.filter(**of_this).update(case=case)
    HelpRequest = apps.get_model("appointments", "HelpRequest")
    HelpRequest.objects.filter(pk=request.pk).update(case=case)


def _next_number(community, at):
    year = at.astimezone(ZoneInfo("Asia/Shanghai")).year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO casework_casecounter (community_id, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (community_id, year) DO UPDATE SET last = casework_casecounter.last + 1 RETURNING last",
            [community.pk, year],
        )
        return f"{community.code}-{year % 100:02d}-{cursor.fetchone()[0]:04d}"


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0004_asked_extensions_reach_the_manager'),
        ('casework', '0008_case_grows_out_of_another'),
    ]

    operations = [migrations.RunPython(part_cases, migrations.RunPython.noop)]
