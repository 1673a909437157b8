"""Publishing rules, and keeping what they said about a matter."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Role, User
from community_portal.places.models import Street
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.rules.drafts import Draft, draft_of, read_rows
from community_portal.rules.evaluation import Result
from community_portal.rules.models import Rule, RuleResult, RuleSet

FILES: dict[str, Path] = {}


def register_rules(folder: Path) -> None:
    """Makes the general rules that a service brings known, a JSON document a set; an app's ``rulebook.py`` calls it."""
    FILES.update({path.stem: path for path in sorted(folder.glob("*.json"))})


@transaction.atomic
def publish(
    code: str,
    drafts: list[Draft],
    *,
    street: Street | None,
    title: str,
    source: str,
    valid_from: dt.date,
    by: User | None,
    at: dt.datetime,
    title_en: str = "",
    is_draft_law: bool = False,
    seen_version: int | None = None,
) -> RuleSet:
    """A new version from that day on; the one before holds until then. It begins later than the one that it follows: what was
    decided by that one was decided by rules that were in force.

    ``seen_version`` is the version that the page showed (0 for none). Raises Changed when another was published meanwhile.
    """
    _must_publish(by, street)
    if not drafts:
        raise Refusal(_("文件里没有规则。"), code="no_rules", field="file")
    before = RuleSet.objects.select_for_update().filter(code=code, street=street).order_by("-version").first()
    version = before.version if before else 0
    if seen_version is not None and seen_version != version:
        raise Changed(_("情况有变：这套规则刚刚出了新的版本，请再看一眼。"))
    if before and (before.valid_until is None or before.valid_until > valid_from):
        if valid_from <= before.valid_from:
            sentence = _("新版本要晚于上一版的生效日 %(day)s。") % {"day": f"{before.valid_from:%Y-%m-%d}"}
            raise Refusal(sentence, code="too_early", field="valid_from")
        before.valid_until = valid_from
        before.save(update_fields=["valid_until"])
    made = RuleSet.objects.create(
        code=code,
        title=title,
        title_en=title_en,
        street=street,
        version=version + 1,
        valid_from=valid_from,
        source=source,
        is_draft_law=is_draft_law,
        published_by=by,
        published_at=at,
    )
    Rule.objects.bulk_create(
        Rule(rule_set=made, position=n, **{name: _kept(value) for name, value in vars(draft).items()})
        for n, draft in enumerate(drafts, start=1)
    )
    return made


def _must_publish(by: User | None, street: Street | None) -> None:
    """The street for itself; what holds everywhere is the business of administrators."""
    if by is None or by.is_superuser:
        return
    streets = {m.street_id for m in by.memberships_now if m.role == Role.STREET_OFFICER}
    if street is None or street.pk not in streets:
        raise NotAllowed(_("规则由街道发布。"))


def _kept(value: Any) -> Any:
    """JSON keeps numbers; whole ones stay whole."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list):
        return [_kept(one) for one in value]
    return {name: _kept(one) for name, one in value.items()} if isinstance(value, dict) else value


@transaction.atomic
def change_limit(
    rule: Rule,
    *,
    limit: Any,
    source: str,
    street: Street,
    valid_from: dt.date,
    by: User,
    at: dt.datetime,
    plain: str = "",
    plain_en: str = "",
) -> RuleSet:
    """One rule of the street's own in place of a general one (or of its own before): a new version with the others as they are.
    ``plain`` and ``plain_en`` are its sentence with the new limit; without them the old one stays."""
    own = RuleSet.objects.in_force(on=valid_from).filter(code=rule.rule_set.code, street=street).first()
    drafts = {one.code: draft_of(one) for one in own.rules.all()} if own else {}
    said = {name: words for name, words in (("plain", plain), ("plain_en", plain_en)) if words}
    values = vars(draft_of(rule)) | {"limit": limit} | said
    read = read_rows([(1, values)])
    if read.errors:
        raise Refusal(read.errors[0][1], code="bad_limit", field="limit")
    drafts[rule.code] = read.drafts[0]
    return publish(
        rule.rule_set.code,
        list(drafts.values()),
        street=street,
        title=rule.rule_set.title,
        title_en=rule.rule_set.title_en,
        source=source,
        valid_from=valid_from,
        by=by,
        at=at,
    )


def load_rulebook(*, at: dt.datetime) -> list[RuleSet]:
    """Publishes each registered general set of which there is no version yet; running it again publishes nothing."""
    made = []
    for code, path in FILES.items():
        if RuleSet.objects.filter(code=code, street=None).exists():
            continue
        document = json.loads(path.read_text(), parse_float=Decimal)
        read = read_rows(list(enumerate(document["rules"], start=1)))
        if read.errors:
            raise ValueError(f"{path.name}: {read.errors}")
        made.append(
            publish(
                code,
                read.drafts,
                street=None,
                title=document["title"],
                title_en=document.get("title_en", ""),
                source=document["source"],
                is_draft_law=document.get("is_draft_law", False),
                valid_from=dt.date.fromisoformat(document["valid_from"]),
                by=None,
                at=at,
            )
        )
    return made


def keep_results(
    results: list[Result], *, flow: str, matter_id: int, by: User | None, at: dt.datetime, part: str = ""
) -> None:
    """Writes down what the rules said of (a part of) a matter, by the very versions that were asked."""
    RuleResult.objects.bulk_create(
        RuleResult(
            rule=result.rule,
            flow=flow,
            matter_id=matter_id,
            part=part,
            value=_kept(result.value),
            passes=result.passes,
            by=by,
            at=at,
        )
        for result in results
    )


def snapshot(results: list[Result]) -> list[dict[str, Any]]:
    """The results as JSON that explains itself for ever, for a matter that keeps what it was decided by."""
    return [
        {
            "rule": result.rule.code,
            "title": result.rule.title,
            "plain": result.rule.plain,
            "clause": result.rule.clause,
            "limit": result.rule.limit,
            "unit": result.rule.unit,
            "severity": result.rule.severity,
            "set": result.rule.rule_set.code,
            "version": result.rule.rule_set.version,
            "of_street": result.rule.rule_set.street_id,
            "value": _kept(result.value),
            "passes": result.passes,
            "is_known": result.is_known,
        }
        for result in results
    ]
