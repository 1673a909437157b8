"""Components of every page, loaded everywhere (settings: builtins). Arguments are keywords; /style/ shows them all.

Shells      {% extends "resident.html" %} or "staff.html" or "plain.html" (no navigation); fill {% block title %}, {% block main %};
            {% block scripts %} for further scripts; resident.html: {% block main_class %}narrow{% endblock %} for one form.
Heading     {% page_heading title=… sub=… crumb=… crumb_url=… chip=… tone=… %}buttons{% endpage_heading %}   (crumbs=[(label, url)])
Panel       {% panel title=… sub=… more_url=… more=… icon=… hue="green" id=… %}…{% endpanel %}
Hues        plum, green, amber, vermilion: whatever shows something names the colour that it wears (portal.css)
Columns     <div class="cols cols-7-5">two children</div>   (also cols-8-4, cols-6-6; one column on phones and in elder mode)
Table       {% table caption=… columns="时间|居民|" empty=… count=n %}<tr><td class="num">…</td></tr>{% endtable %}
            a column without a word is the column of buttons: <td class="actions">…</td>; <tr class="is-now"> marks the one at hand;
            cards=True: on a phone each row is a card, for rows that are clear without their headings; icon=… with the empty sentence
Chip        {% chip text tone="ok|warn|late|info|plain" icon="check-lg" %}
Row         {% row_link url=… icon=… hue=… title=… sub=… chip=… tone=… %}
Tile        <div class="tiles">{% tile url=… icon=… hue=… title=… sub=… %}…</div>
Tally       <div class="tallies">{% tally label=… value=… unit=… note=… url=… hue=… change=… change_tone=… %}…</div>
Progress    {% progress value=70 total=70 label=… unit=… hue=… %}
Steps       {% steps progress %}         rows of {label, note, state: done|now|todo}
Timeline    {% timeline events %}        rows of {who, what, when (or at), quote, why, icon, photos: [{url, label}]}
Date        {% date_block moment %}      month, day and weekday that never break
Hero        <section class="hero"><p>…</p><h1>…</h1><a class="hero-card">{% date_block … %}<span><b>…</b>…</span>{% icon … %}</a></section>
Facts       <dl class="facts"><dt>…</dt><dd>…</dd></dl>   (facts-start: values at the left)
Person      {% avatar name %}
Calendar    {% calendar_address path="/calendar/LT.ics" label=… %}   an address to subscribe to; one a page
Papers      {% attachments papers %}     rows of {url, name, note, picture (address of a small picture), chip, tone}
Field       {% field form.name %}        label, help, errors, tied together for screen readers;
            {% field form.kind chips=True %} choices as pills, {% field form.kind cards=True %} as large cards; icon=…, autofocus=True
Form        <form method="post" novalidate>{% csrf_token %}<input type="hidden" name="once" value="{{ once_key }}">
            {% form_errors form %} first; <button class="btn btn-primary btn-wide"> for the one thing to do; filters: <form class="filters">
            photos: <input type="file" accept="image/*" multiple data-photos>; signature: see templates/style.html
Notice      {% notice tone="ok|warn|late|info" title=… %}text{% endnotice %}
Empty       {% empty text=… url=… action=… icon=… %}
Confirm     {% confirm label=… question=… action="/where/" yes=… icon=… tone="quiet|danger|primary" %}hidden fields{% endconfirm %}
            a button that asks first, also without JavaScript (POST, brings its own CSRF token)
Pages       {% pagination page %}        queries.Page (keyset: older, newer) or a Page of django.core.paginator (?page=)
Fragment    {% fragment "…/line.html" row=row %}   for lines of long lists; drawn once for equal values
Part        {% part part %}              what a service puts on a page of all (front/parts.py, matters/panels.py), drawn in the frame of that page
Icon        {% icon "bell" %}, {% icon "bell" label=_("提醒") %}   names in static/vendor/icons.txt
Links       {% url_if_open "messages" as url %}   empty for whom the page does not admit: no link that leads to "not for you"
Filters     moment|short_when, day|short_day, day|long_day, moment|clock_time, moment|spoken_when, phone|masked_phone, phone|spoken_phone, born_on|age_on_file:deceased_on
Buttons     btn-primary (one a page), btn-quiet, btn-danger, btn-link; btn-sm inside tables; btn-wide full width
Scripts     data-key="n" (key opens link), data-focus-key="/", data-print, data-submit-on-change, data-read-aloud, data-photos,
            data-copy="id of a field" data-done=…
"""

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.http import QueryDict
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from community_portal import clock
from community_portal.web.access import access_to
from community_portal.web.inputs import ids_of
from community_portal.web.spoken import month_of, weekday_of

register = template.Library()
FEW = 3  # lines that nobody folds away


@register.simple_tag
@functools.cache  # a few hundred pairs of name and label, dozens on every page
def icon(name: str, *, label: str = "") -> SafeString:
    """A picture from the sprite; silent for screen readers unless it has a ``label``."""
    href = f"{static('vendor/bootstrap-icons/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', href)


@register.simple_tag
def fragment(name: str, **values: Any) -> SafeString:
    """A template drawn from its ``values`` alone and kept: the lines of a list are mostly those of a moment ago.

    Values must be hashable, and everything the template shows must be among them: it sees no request and no user.
    """
    return _drawn(name, get_language(), tuple(values.items()))


@functools.lru_cache(8192)
def _drawn(name: str, language: str | None, values: tuple[tuple[str, Any], ...]) -> SafeString:
    return mark_safe(render_to_string(name, dict(values)).strip())  # a rendered template is safe already


@dataclass(frozen=True)
class Drawn:
    """What a service adds to a page that does not know it, as it is drawn now (the tag ``part``)."""

    template: str
    values: dict[str, Any]


@register.simple_tag(takes_context=True)
def part(context: template.Context, drawn: Drawn) -> SafeString:
    """What a service adds to a page that does not know it (front/parts.py, matters/panels.py): its template, its values, the frame of this page."""
    with context.push(**drawn.values):
        shown: SafeString = template.Engine.get_default().get_template(drawn.template).render(context)
    return shown


@register.simple_tag(takes_context=True)
def offline(context: template.Context, what: Any, whom: Any = "", *, page: str = "", form: str = "") -> SafeString:
    """On a form: without a network it waits on the phone (offline.js), where the street allows it. ``page`` shows what there is
    now, for whoever has to choose between two versions (with a hash: that part of it alone); ``form`` is where the form stands
    by itself, to be filled in again. Both are the page at hand unless told otherwise."""
    if not context.get("keeps_forms"):
        return mark_safe("")
    return format_html(
        'data-offline="{}" data-offline-page="{}" data-offline-form="{}"',
        " · ".join(map(str, filter(None, [what, whom]))),
        page,
        form,
    )


@register.simple_tag
def chip(text: Any, *, tone: str = "plain", icon: str = "") -> SafeString:
    """A state: a word and a colour."""
    return format_html('<span class="chip chip-{}">{}{}</span>', tone, _icon(icon), text)


def _icon(name: str) -> SafeString | str:
    return icon(name) if name else ""


@register.simple_tag(takes_context=True)
def url_if_open(context: template.Context, name: str, *args: Any) -> str:
    """The address of a page whose mark admits this user; empty for all others, who get no link to it."""
    user = context.get("user")
    return reverse(name, args=args) if user and access_to(name, *args).admits(user) else ""


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
    crumbs: Any = (),
    chip: Any = "",
    tone: str = "plain",
) -> str:
    """The h1 of a page, with the way back above it and its buttons beside it."""
    return _render(
        "page_heading",
        content=_trimmed(content),
        title=title,
        sub=sub,
        crumbs=list(crumbs) or ([(crumb, crumb_url)] if crumb else []),
        chip=chip,
        tone=tone,
    )


@register.simple_block_tag
def panel(
    content: str,
    *,
    title: Any = "",
    sub: Any = "",
    hue: str = "",
    icon: str = "",
    more_url: str = "",
    more: Any = "",
    id: str = "",
) -> str:
    """A card with a heading; ``more`` is a link beside it."""
    return _render(
        "panel", content=content, title=title, sub=sub, hue=hue, icon=icon, more_url=more_url, more=more, id=id
    )


@register.simple_block_tag
def table(
    content: str,
    *,
    caption: Any,
    columns: Any,
    empty: Any = "",
    count: int = 1,
    icon: str = "",
    cards: bool = False,
    spare: Any = (),
) -> str:
    """A table; ``columns`` is a list of headings or words parted by |; says ``empty`` when ``count`` is 0.

    ``cards``: on a phone each row is a card of its own, for rows that are clear without their headings. ``spare``: headings of
    columns that a narrow desk leaves out; their cells are ``td-spare``.
    """
    names = str(columns).split("|") if not isinstance(columns, (list, tuple)) else columns
    return _render(
        "table",
        content=content,
        caption=caption,
        columns=names,
        empty=empty,
        count=count,
        icon=icon,
        cards=cards,
        spare=spare,
    )


@register.simple_block_tag(takes_context=True)
def confirm(
    context: template.Context,
    content: str,
    *,
    label: Any,
    question: Any,
    action: str,
    tone: str = "quiet",
    icon: str = "",
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
        csrf_token=csrf_token or context.get("csrf_token", ""),
        yes=yes or label,
    )


@register.inclusion_tag("components/row_link.html")
def row_link(
    *,
    url: str,
    title: Any,
    sub: Any = "",
    icon: str = "file-earmark-text",
    hue: str = "plum",
    chip: Any = "",
    tone: str = "plain",
) -> dict[str, Any]:
    """A row that opens something."""
    return {"url": url, "title": title, "sub": sub, "icon": icon, "hue": hue, "chip": chip, "tone": tone}


@register.inclusion_tag("components/tile.html")
def tile(*, url: str, title: Any, sub: Any = "", icon: str, hue: str = "plum") -> dict[str, Any]:
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
    hue: str = "plum",
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
def empty(*, text: Any, url: str = "", action: Any = "", icon: str = "inbox") -> dict[str, Any]:
    """Nothing here yet, and what to do about it."""
    return {"text": text, "url": url, "action": action, "icon": icon}


@register.inclusion_tag("components/steps.html")
def steps(progress: list[dict[str, Any]]) -> dict[str, Any]:
    """The progress line of a matter."""
    return {"progress": progress}


@register.inclusion_tag("components/timeline.html")
def timeline(events: list[dict[str, Any]], *, newest: int | None = None) -> dict[str, Any]:
    """What happened, newest first; with ``newest`` the earlier ones wait below until somebody asks for them."""
    folds = newest is not None and len(events) > newest + FEW
    return {"events": events, "newest": newest if folds else None, "earlier": len(events) - (newest or 0)}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any, *, url: str = "") -> dict[str, Any]:
    """Older and newer, keeping the filters of the list. A counted page also says which of how many it is.

    ``url`` where the list stands, when it is shown within another page too.
    """
    query = context["request"].GET.copy() if "request" in context else QueryDict(mutable=True)
    if hasattr(page, "paginator"):
        links: dict[str, Any] = {"at": page.number, "of": page.paginator.num_pages}
        if page.has_previous():
            links["newer"] = url + _with(query, page=page.previous_page_number())
        if page.has_next():
            links["older"] = url + _with(query, page=page.next_page_number())
        return links
    links = {
        name: url + _with(query, **{key: getattr(page, name)})
        for name, key in (("older", "before"), ("newer", "after"))
        if getattr(page, name, None)
    }
    return links | {"is_soonest": getattr(page, "is_soonest", False)}


def _with(query: QueryDict, **places: Any) -> str:
    """The same list at another place."""
    query = query.copy()
    for key in ("before", "after", "page"):
        query.pop(key, None)
    for key, place in places.items():
        query[key] = str(place)
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/field.html", takes_context=True)
def field(
    context: template.Context,
    bound: Any,
    *,
    icon: str = "",
    chips: bool = False,
    cards: bool = False,
    autofocus: bool = False,
) -> dict[str, Any]:
    """A form field with its label, help and errors; ``chips`` shows choices as pills, ``cards`` as large cards.

    The first field that was refused takes the cursor, so that the page opens where it stands.
    """
    _fill_again(bound.form, context.get("request"))
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "") or ""
    is_group = kind in ("radio", "checkbox") and hasattr(bound.field, "choices")
    described = [f"{bound.auto_id}_help"] if bound.help_text else []
    described += [f"{bound.auto_id}_errors"] if bound.errors else []
    attributes: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    takes_cursor = _is_first_refused(bound) if bound.form.errors else autofocus
    if takes_cursor or bound.form.errors:
        attributes["autofocus"] = "" if takes_cursor else False
    look = {"select": "form-select", "radio": "form-check-input", "checkbox": "form-check-input"}
    attributes["class"] = f"{widget.attrs.get('class', '')} {look.get(kind, 'form-control')}".strip()
    return {
        "bound": bound,
        "widget": "" if is_group else bound.as_widget(attrs=attributes),
        "options": _options_of(bound, takes_cursor=takes_cursor) if is_group else [],
        "described": " ".join(described),
        "is_group": is_group,
        "is_switch": kind == "checkbox" and not is_group,
        "chips": chips,
        "cards": cards,
        "icon": icon,
    }


def _fill_again(form: Any, request: Any) -> None:
    """What stood on the form before language or elder mode was switched (people/switching.py), with the version that its page
    showed; a file cannot come back."""
    kept = getattr(request, "kept", None)
    if kept is None or form.is_bound or request.kept_in not in ("", ids_of(form)):
        return
    typed = [bound for bound in form if not bound.field.widget.needs_multipart_form]
    if any(bound.html_name in kept for bound in typed):
        for bound in typed:
            bound.initial = bound.field.widget.value_from_datadict(kept, {}, bound.html_name)


def _is_first_refused(bound: Any) -> bool:
    return next((one.name for one in bound.form.visible_fields() if one.errors), "") == bound.name


def _options_of(bound: Any, *, takes_cursor: bool) -> list[Any]:
    """The choices; of a refused group the chosen one takes the cursor, or the first."""
    options = list(bound)
    if takes_cursor and options:
        chosen = next((option for option in options if option.data["selected"]), options[0])
        chosen.data["attrs"]["autofocus"] = True
    return options


@register.inclusion_tag("components/progress.html")
def progress(*, value: int, total: int, label: Any, unit: Any = "", hue: str = "") -> dict[str, Any]:
    """How much of a known whole is done, as a bar and in words."""
    return {"value": value, "total": total or 1, "whole": total, "label": label, "unit": unit, "hue": hue}


@register.inclusion_tag("components/attachments.html")
def attachments(papers: list[dict[str, Any]]) -> dict[str, Any]:
    """Papers and photos of a matter, each opening in its own right."""
    return {"papers": papers}


@register.inclusion_tag("components/calendar_address.html")
def calendar_address(*, path: str, label: Any) -> dict[str, Any]:
    """The address of a calendar feed: to be copied, and as a link that opens the calendar of the device."""
    address = settings.PORTAL_URL + path
    return {"address": address, "webcal": f"webcal:{address.partition(':')[2]}", "label": label}


@register.simple_tag
def avatar(name: Any) -> SafeString:
    """The first character of a name; the name itself stands beside it, so this is silent."""
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', str(name or "")[:1])


@register.inclusion_tag("components/form_errors.html", takes_context=True)
def form_errors(context: template.Context, form: Any) -> dict[str, Any]:
    """What is wrong with the whole form; a form of one field says it beside the field alone. Browsers keep no files."""
    _fill_again(form, context.get("request"))
    return {
        "errors": form.non_field_errors(),
        "has_files": bool(form.files),
        "fields_have_errors": any(form.errors) and len(form.visible_fields()) > 1,
    }


@register.inclusion_tag("components/date_block.html")
def date_block(moment: dt.datetime) -> dict[str, Any]:
    """Month, day and weekday, one under the other."""
    local = clock.local(moment)
    return {"iso": f"{local:%Y-%m-%d}", "month": month_of(local), "day": local.day, "weekday": weekday_of(local)}


@register.filter
def undo_url(message: Any) -> str:
    """Where the deed of a message can be taken back (see pages.done), or nothing."""
    tags = str(message.extra_tags or "")
    return tags.removeprefix("undo:") if tags.startswith("undo:") else ""


def _trimmed(content: str) -> SafeString:
    """``strip`` forgets that rendered content is safe."""
    return mark_safe(content.strip())


def _render(component: str, **context: Any) -> str:
    return render_to_string(f"components/{component}.html", context)
