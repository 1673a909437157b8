"""Components of every page, loaded everywhere (settings: builtins). Arguments are keywords; /style/ shows them all.

{% icon "bell" %}   {% icon "bell" label=_("提醒") %}
{% page_heading title=… sub=… crumb=… crumb_url=… %}buttons{% endpage_heading %}
{% panel title=… sub=… hue="appointments" more_url=… more=… %}…{% endpanel %}
{% chip text tone="ok|warn|late|info|plain" icon="check-lg" %}
{% row_link url=… icon=… hue=… title=… sub=… chip=… tone=… %}
{% date_block moment %}      month, day and weekday that never break
{% steps progress %}         rows of {label, note, state: done|now|todo}
{% timeline events %}        rows of {who, what, when, quote, why, photos}
{% field form.name %}        label, help, errors, tied together for screen readers
{% form_errors form %}       errors that belong to no field
{% notice tone="ok" title=… %}text{% endnotice %}
{% table caption=… columns=columns empty=… count=n %}<tr>…</tr>{% endtable %}
{% empty text=… url=… action=… icon=… %}
{% tally label=… value=… unit=… note=… url=… hue=… change=… %}
{% tile url=… icon=… hue=… title=… sub=… %}
{% pagination page %}        a queries.Page (keyset) with next_query / has_previous
{% confirm label=… question=… %}hidden fields{% endconfirm %}   a button that asks first, also without JavaScript
{% once_key %} is the context variable ``once_key``: <input type="hidden" name="once" value="{{ once_key }}">
filters: moment|short_when, moment|clock_time, phone|masked_phone, matter|explained
"""

import datetime as dt
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from community_portal import clock

register = template.Library()
WEEKDAYS_ZH = "一二三四五六日"


@register.simple_tag
def icon(name: str, *, label: str = "") -> SafeString:
    """A picture from the sprite; silent for screen readers unless it has a ``label``."""
    href = f"{static('vendor/bootstrap-icons/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', href)


@register.simple_tag
def chip(text: Any, *, tone: str = "plain", icon: str = "") -> SafeString:  # noqa: A002
    """A state: a word and a colour."""
    return format_html('<span class="chip chip-{}">{}{}</span>', tone, _icon(icon), text)


def _icon(name: str) -> SafeString | str:
    return icon(name) if name else ""


@register.simple_block_tag
def notice(content: str, *, tone: str = "info", title: str = "") -> str:
    """Something to know before going on."""
    return _render("notice", content=content, tone=tone, title=title, icon=_NOTICE_ICONS.get(tone, "info-circle"))


_NOTICE_ICONS = {"ok": "check-circle-fill", "warn": "exclamation-triangle", "late": "exclamation-circle"}


@register.simple_block_tag
def page_heading(
    content: str,
    *,
    title: Any,
    sub: Any = "",
    crumb: Any = "",
    crumb_url: str = "",
    chip: Any = "",
    tone: str = "plain",
) -> str:
    """The h1 of a page, with the way back above it and its buttons beside it."""
    return _render(
        "page_heading",
        content=content.strip(),
        title=title,
        sub=sub,
        crumb=crumb,
        crumb_url=crumb_url,
        chip=chip,
        tone=tone,
    )


@register.simple_block_tag
def panel(
    content: str, *, title: Any = "", sub: Any = "", hue: str = "", more_url: str = "", more: Any = "", id: str = ""
) -> str:  # noqa: A002
    """A card with a heading."""
    return _render("panel", content=content, title=title, sub=sub, hue=hue, more_url=more_url, more=more, id=id)


@register.simple_block_tag
def table(content: str, *, caption: Any, columns: Any, empty: Any = "", count: int = 1) -> str:
    """A table; ``columns`` is a list of headings or words parted by |; says ``empty`` when ``count`` is 0."""
    names = str(columns).split("|") if not isinstance(columns, (list, tuple)) else columns
    return _render("table", content=content, caption=caption, columns=names, empty=empty, count=count)


@register.simple_block_tag
def confirm(
    content: str,
    *,
    label: Any,
    question: Any,
    action: str,
    tone: str = "quiet",
    icon: str = "",  # noqa: A002
    csrf_token: Any = "",
    yes: Any = "",
) -> str:
    """A button that asks first: an unfolding box, so it works without JavaScript. ``content`` are hidden fields."""
    return _render(
        "confirm",
        content=content,
        label=label,
        question=question,
        action=action,
        tone=tone,
        icon=icon,
        csrf_token=csrf_token,
        yes=yes or label,
    )


@register.inclusion_tag("components/row_link.html")
def row_link(
    *,
    url: str,
    title: Any,
    sub: Any = "",
    icon: str = "file-earmark-text",
    hue: str = "appointments",  # noqa: A002
    chip: Any = "",
    tone: str = "plain",
) -> dict[str, Any]:
    """A row that opens something."""
    return {"url": url, "title": title, "sub": sub, "icon": icon, "hue": hue, "chip": chip, "tone": tone}


@register.inclusion_tag("components/tile.html")
def tile(*, url: str, title: Any, sub: Any = "", icon: str, hue: str = "appointments") -> dict[str, Any]:  # noqa: A002
    """One of the few big things to do."""
    return {"url": url, "title": title, "sub": sub, "icon": icon, "hue": hue}


@register.inclusion_tag("components/tally.html")
def tally(
    *,
    label: Any,
    value: Any,
    unit: Any = "",
    note: Any = "",
    url: str = "",
    hue: str = "appointments",
    change: Any = "",
    change_tone: str = "plain",
) -> dict[str, Any]:
    """A figure with its unit, opening to the rows behind it."""
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "note": note,
        "url": url,
        "hue": hue,
        "change": change,
        "change_tone": change_tone,
    }


@register.inclusion_tag("components/empty.html")
def empty(*, text: Any, url: str = "", action: Any = "", icon: str = "inbox") -> dict[str, Any]:  # noqa: A002
    """Nothing here yet, and what to do about it."""
    return {"text": text, "url": url, "action": action, "icon": icon}


@register.inclusion_tag("components/steps.html")
def steps(progress: list[dict[str, Any]]) -> dict[str, Any]:
    """The progress line of a matter."""
    return {"progress": progress}


@register.inclusion_tag("components/timeline.html")
def timeline(events: list[dict[str, Any]]) -> dict[str, Any]:
    """What happened, newest first."""
    return {"events": events}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any) -> dict[str, Any]:
    """Older and newer, keeping the filters of the list."""
    query = context["request"].GET.copy() if "request" in context else None
    links = {}
    for name in ("older", "newer"):
        key = getattr(page, name, None)
        if key and query is not None:
            query.pop("before", None)
            query.pop("after", None)
            query["before" if name == "older" else "after"] = str(key)
            links[name] = f"?{query.urlencode()}"
    return links


@register.inclusion_tag("components/field.html")
def field(bound: Any, *, icon: str = "", chips: bool = False, autofocus: bool = False) -> dict[str, Any]:  # noqa: A002
    """A form field with its label, help and errors; ``chips`` shows choices as large buttons."""
    attributes = {}
    described = [f"{bound.auto_id}_help"] if bound.help_text else []
    described += [f"{bound.auto_id}_errors"] if bound.errors else []
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if autofocus:
        attributes["autofocus"] = ""
    kind = getattr(bound.field.widget, "input_type", "") or ""
    if kind not in ("radio", "checkbox", "file", "hidden"):
        attributes["class"] = "form-select" if kind == "select" else "form-control"
    elif kind == "file":
        attributes["class"] = "form-control"
    elif kind in ("radio", "checkbox"):
        attributes["class"] = "form-check-input"
    is_group = (
        kind in ("radio", "checkbox") and hasattr(bound.field.widget, "subwidgets") and hasattr(bound.field, "choices")
    )
    return {
        "bound": bound,
        "widget": "" if is_group else bound.as_widget(attrs=attributes),
        "options": bound if is_group else [],
        "is_group": is_group,
        "is_switch": kind == "checkbox" and not is_group,
        "chips": chips,
        "icon": icon,
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """What is wrong with the whole form."""
    return {"errors": form.non_field_errors(), "fields_have_errors": any(form.errors)}


@register.inclusion_tag("components/date_block.html")
def date_block(moment: dt.datetime) -> dict[str, Any]:
    """Month, day and weekday, one under the other."""
    local = clock.local(moment)
    return {"month": _month(local), "day": local.day, "weekday": _weekday(local)}


def _in_english() -> bool:
    return (get_language() or "").startswith("en")


def _month(local: dt.datetime) -> str:
    return date_format(local, "M") if _in_english() else f"{local.month}月"


def _weekday(local: dt.datetime | dt.date) -> str:
    return f"{local:%a}" if _in_english() else f"周{WEEKDAYS_ZH[local.weekday()]}"


@register.filter
def short_when(moment: dt.datetime | None) -> str:
    """今天 9:30, 明天 9:30, 周四 9:30 within a week, else 11 月 26 日 9:30."""
    if moment is None:
        return "—"
    local = clock.local(moment)
    return f"{short_day(local.date())} {local.hour}:{local:%M}"


@register.filter
def short_day(day: dt.date) -> str:
    """今天, 昨天, 明天, a weekday within six days, else the date (with its year when it is not this one)."""
    today = clock.today()
    away = (day - today).days
    near = {0: gettext("今天"), 1: gettext("明天"), -1: gettext("昨天")}
    if away in near:
        return near[away]
    if 0 < away < 7:
        return _weekday(day)
    if _in_english():
        return f"{day.day} {date_format(day, 'M')}" + (f" {day.year}" if day.year != today.year else "")
    return (f"{day.year}年" if day.year != today.year else "") + f"{day.month}月{day.day}日"


@register.filter
def clock_time(moment: dt.datetime) -> str:
    """9:30 in Shanghai."""
    local = clock.local(moment)
    return f"{local.hour}:{local:%M}"


@register.filter
def long_day(day: dt.date | dt.datetime) -> str:
    """11 月 26 日 周四, or 26 Nov, Thu."""
    if isinstance(day, dt.datetime):
        day = clock.local(day).date()
    if _in_english():
        return f"{day.day} {date_format(day, 'M')}, {_weekday(day)}"
    return f"{day.month} 月 {day.day} 日 {_weekday(day)}"


@register.filter
def masked_phone(phone: Any) -> str:
    """+8613812342046 → 138****2046."""
    digits = str(phone or "")
    digits = digits[3:] if digits.startswith("+86") else digits
    return digits if len(digits) < 8 else f"{digits[:3]}****{digits[-4:]}"


@register.filter
def spoken_phone(phone: Any) -> str:
    """+8613812342046 → 138 1234 2046."""
    digits = str(phone or "")
    digits = digits[3:] if digits.startswith("+86") else digits
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}" if len(digits) == 11 and digits.isdigit() else digits


@register.filter
def age_on_file(born_on: dt.date | None) -> str:
    """Years, or nothing when the date of birth is unknown."""
    if born_on is None:
        return ""
    today = clock.today()
    return str(today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day)))


def _render(component: str, **context: Any) -> str:
    return render_to_string(f"components/{component}.html", context)
