"""The inbox across everything, and files served through the permission of their case."""

from itertools import groupby

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.casework.actions import take_task
from community_portal.casework.models import Attachment, SavedFilter, Task
from community_portal.casework.queries import about, inbox_rows
from community_portal.casework.served import served
from community_portal.people.models import STAFF
from community_portal.people.once import once
from community_portal.people.wording import read_text
from community_portal.places.calendar import guessed_among
from community_portal.refusals import Refusal
from community_portal.web.access import SignedInRequest, StaffRequest, for_residents, for_staff
from community_portal.web.pages import back_to, came_from, done, refused, render_page
from community_portal.web.paging import is_row_number

PAGE = 30


@for_staff(*STAFF)
def inbox(request: StaffRequest) -> HttpResponse:
    """Everything I should do, soonest first."""
    tasks = Task.objects.inbox_of(request.user).select_related("case__resident")
    text = request.GET.get("q", "").strip()[:40]
    if text:
        tasks = tasks.filter(about(Q(case__title__icontains=text), request.user) | Q(case__number__iexact=text))
    page = Paginator(tasks.order_by("due_at", "id"), PAGE).get_page(request.GET.get("page"))
    found = list(page)
    rows = inbox_rows(found, user=request.user, at=clock.now())
    context = {
        "groups": [(name, list(items)) for name, items in groupby(rows, key=lambda row: row["group"])],
        "page": page,
        "q": text,
        "guessed": guessed_among(task.due_at for task in found),
    }
    return render_page(request, "casework/inbox.html", context)


@for_staff(*STAFF)
@require_POST
@once
def take_pool_task(request: StaffRequest, pk: int) -> HttpResponse:
    """“我来办”: a task of my role becomes mine."""
    task = get_object_or_404(Task.objects.inbox_of(request.user), pk=pk)
    try:
        take_task(task, by=request.user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back="/inbox/")
    return done(request, _("这件事由您来办。"), "inbox")


@for_residents
def attachment(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """A file, to whoever may see it."""
    found = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    return served(found.file, content_type=found.content_type, name=found.original_name)


@for_staff(*STAFF)
@require_POST
def save_filter(request: StaffRequest) -> HttpResponse:
    """Keeps the filters of a list under a name, or forgets one (``forget``), and goes back to that list."""
    name = read_text(request.POST.get("name", "")[:30], field="name")
    sentence = _("已记住这个筛选。") if name else _("请给筛选起个名字。")
    if is_row_number(request.POST.get("forget", "")):
        SavedFilter.objects.filter(owner_id=request.user.pk, pk=int(request.POST["forget"])).delete()
        sentence = _("已删除。")
    elif name:
        SavedFilter.objects.update_or_create(
            owner_id=request.user.pk,
            page=read_text(request.POST.get("page", "")[:40], field="page"),
            name=name,
            defaults={"query": read_text(request.POST.get("query", "")[:500], field="query")},
        )
    response = done(request, sentence, "inbox")
    response["Location"] = back_to(request, came_from(request))
    return response
