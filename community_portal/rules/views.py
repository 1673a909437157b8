"""The rulebook: what is in force here, since when and by which text; changing a limit, importing a version after a dry run."""

import datetime as dt
import json
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import Role
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.people.staff.views import RUNS, beside
from community_portal.refusals import Changed, Refusal
from community_portal.rules.actions import change_limit, publish
from community_portal.rules.drafts import COLUMNS, Draft, differences, draft_of
from community_portal.rules.evaluation import rules_in_force
from community_portal.rules.forms import ImportForm, LimitForm
from community_portal.rules.models import Rule, RuleSet
from community_portal.rules.queries import history_of, in_words, lines_of, shown, subjects_of
from community_portal.spreadsheets import workbook
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import done, refused, render_page

SALT = "rules.import"
DRY_RUN = dt.timedelta(hours=2)


@for_staff(*RUNS)
def settings_rules(request: StaffRequest) -> HttpResponse:
    """Every subject with rules, and which version holds here."""
    subjects = subjects_of(_street_of(request), on=clock.today())
    return render_page(request, "rules/rules.html", {"subjects": subjects})


@for_staff(*RUNS)
def rule_set(request: StaffRequest, code: str) -> HttpResponse:
    """The rules of one subject as they hold here today, each with clause and plain words; and the versions before."""
    street = _street_of(request)
    versions = history_of(code, street=street)
    if not versions:
        raise Http404
    today = clock.today()
    if request.GET.get("as") == "xlsx":
        return _as_workbook(code, [draft_of(rule) for rule in rules_in_force(code, street=street, on=today)])
    context = {
        "code": code,
        "title": str(versions[0]),
        "lines": lines_of(code, street=street, on=today),
        "versions": versions,
        "today": today,
        "may_change": change_rule.access.admits(request.user),  # type: ignore[attr-defined]
        "street": street,
    }
    return render_page(request, "rules/rule_set.html", context)


def _as_workbook(code: str, drafts: list[Draft]) -> HttpResponse:
    """In the columns that the import reads; limits and conditions as JSON."""
    rows = [[_cell(name, getattr(draft, name)) for name in COLUMNS] for draft in drafts]
    return workbook(code, [list(COLUMNS), *rows])


def _cell(name: str, value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if name in ("limit", "applies") else str(value)


@for_staff(Role.STREET_OFFICER)
@once
def change_rule(request: StaffRequest, pk: int) -> HttpResponse:
    """Another limit for one rule, in this street, from a day on."""
    street: Any = _street_of(request)
    rule = get_object_or_404(Rule.objects.select_related("rule_set"), pk=pk)
    if rule.rule_set.street_id not in (None, street.pk):
        raise Http404
    back = reverse("rule_set", args=[rule.rule_set.code])
    form = LimitForm(request.POST or None, rule=rule, initial={"limit": shown(rule.limit)})
    if request.method == "POST" and form.is_valid():
        try:
            change_limit(rule, street=street, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已发布新的版本，到那天起生效。"), "rule_set", rule.rule_set.code)
        except Changed as changed:
            return refused(request, changed, back=back)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"form": form, "title": str(rule), "crumb": str(rule.rule_set), "back": back, "note": rule.plain_words}
    return render_page(request, "rules/change_rule.html", context, status=422 if form.errors else 200)


@for_staff(Role.STREET_OFFICER)
@once
def import_rules(request: StaffRequest, code: str) -> HttpResponse:
    """A new version of the street's own from a file: first what it would change, then publishing just that."""
    street: Any = _street_of(request)
    newest = RuleSet.objects.of_place(street.pk).filter(code=code).order_by("-valid_from", "-version").first()
    if newest is None:
        raise Http404
    if "approved" in request.POST:
        return _publish_approved(request, code, newest, street)
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "code": code, "title": str(newest), "fields": COLUMNS}
    if request.method == "POST" and form.is_valid():
        read, day = form.cleaned_data["file"], form.cleaned_data["valid_from"]
        own = RuleSet.objects.in_force(on=day).filter(code=code, street=street).first()
        before = [draft_of(rule) for rule in own.rules.all()] if own else []
        context |= {
            "read": read,
            "changes": [in_words(change) for change in differences(before, read.drafts)],
            "valid_from": day,
            "source": form.cleaned_data["source"],
            "approved": _signed(read.drafts, form.cleaned_data, street, _version_of(code, street)),
        }
    return render_page(request, "rules/import_rules.html", context, status=422 if form.errors else 200)


def _version_of(code: str, street: Any) -> int:
    sets = RuleSet.objects.filter(code=code, street=street).order_by("-version").values_list("version", flat=True)
    return sets.first() or 0


def _signed(drafts: list[Draft], typed: dict[str, Any], street: Any, version: int) -> str:
    """What was shown in the dry run, so that exactly this is published and nothing else."""
    shown_then = {
        "drafts": [vars(draft) for draft in drafts],
        "valid_from": typed["valid_from"].isoformat(),
        "source": typed["source"],
        "street": street.pk,
        "version": version,
    }
    return signing.dumps(json.loads(json.dumps(shown_then, default=float)), salt=SALT, compress=True)


def _publish_approved(request: StaffRequest, code: str, newest: RuleSet, street: Any) -> HttpResponse:
    back = reverse("import_rules", args=[code])
    try:
        seen = signing.loads(request.POST["approved"], salt=SALT, max_age=DRY_RUN)
        if seen["street"] != street.pk:
            raise signing.BadSignature
    except signing.BadSignature:
        return refused(request, Changed(_("试导入的结果过期了，请重新选文件。")), back=back)
    try:
        publish(
            code,
            [Draft(**values) for values in seen["drafts"]],
            street=street,
            title=newest.title,
            title_en=newest.title_en,
            source=seen["source"],
            valid_from=dt.date.fromisoformat(seen["valid_from"]),
            by=request.user,
            at=clock.now(),
            seen_version=seen["version"],
        )
    except Refusal as refusal:
        return refused(request, refusal, back=back)
    return done(request, _("已发布新的版本，到那天起生效。"), "rule_set", code)


def _street_of(request: HttpRequest) -> Any:
    house = house_of(request)
    return house.street if house else None
