"""The file of a matter and its brief, for staff who read the matter. Names and faces are covered in a brief unless asked otherwise."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.casework.models import Attachment
from community_portal.dossier.sections import DOSSIERS, Dossier, Facts, Names
from community_portal.dossier.word import brief_as_word, covered, dossier_as_word, own_template
from community_portal.matters.kinds import KINDS
from community_portal.matters.queries import read_matter
from community_portal.people.actions import note_view
from community_portal.people.models import STAFF, Look
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import render_page
from community_portal.web.spoken import long_day

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _read(request: StaffRequest, flow: str, number: str) -> tuple[Any, Dossier]:
    """404 for a kind of matter that has no file, and for what this person does not read. That they looked is kept."""
    if flow not in DOSSIERS or flow not in KINDS:
        raise Http404
    matter = read_matter(KINDS[flow].model, request.user, number)
    if matter.case.resident:
        resident = matter.case.resident
        note_view(by=request.user, resident=resident, what=Look.PLAN, why=number, at=clock.now())
    return matter, DOSSIERS[flow]


def _names(request: StaffRequest, *, covered_first: bool) -> Names:
    wanted = request.GET.get("names", "covered" if covered_first else "shown")
    return Names(wanted == "covered")


def _title(matter: Any, names: Names) -> str:
    """Whose file it is; what is about nobody in particular bears its own name."""
    if matter.case.resident is None:
        return str(matter.case.title)
    return str(_("一户一档 · %(name)s") % {"name": names.of(matter.case.resident)})


@for_staff(*STAFF)
def dossier(request: StaffRequest, flow: str, number: str) -> HttpResponse:
    """To read and to print; ``as=word`` is the document."""
    matter, made = _read(request, flow, number)
    names = _names(request, covered_first=False)
    sections = [one for one in made.sections(matter, names) if not isinstance(one, Facts) or one.lines]
    title = _title(matter, names)
    if request.GET.get("as") == "word":
        sub = f"{number} · {matter.spec.label} · {long_day(clock.today())}"
        own = own_template(matter.community.street_id)
        return word_file(dossier_as_word(title, sub, sections, own=own), f"{title} {number}.docx")
    context = {"matter": matter, "title": title, "sections": sections, "names": names, "flow": flow}
    return render_page(request, "dossier/dossier.html", context | {"page_url": KINDS[flow].url_of(number)})


@for_staff(*STAFF)
def brief(request: StaffRequest, flow: str, number: str) -> HttpResponse:
    """简报: ready to be read aloud; every number opens to its rows."""
    matter, made = _read(request, flow, number)
    names = _names(request, covered_first=True)
    told = made.brief(matter, names)
    is_covered = request.GET.get("faces") != "none"
    street = str(_("%(street)s简报") % {"street": matter.community.street})
    if request.GET.get("as") == "word":
        return word_file(brief_as_word(street, told, is_covered=is_covered), f"{street} {number}.docx")
    context = {
        "matter": matter,
        "brief": told,
        "names": names,
        "flow": flow,
        "street": street,
        "is_covered": is_covered,
        "today": clock.today(),
        "page_url": KINDS[flow].url_of(number),
    }
    return render_page(request, "dossier/brief.html", context)


@for_staff(*STAFF)
def covered_photo(request: StaffRequest, flow: str, number: str, pk: int) -> HttpResponse:
    """A photo of the brief as it goes out by default: nobody is known by it."""
    matter, made = _read(request, flow, number)
    chosen = {photo.pk for photo in made.brief(matter, Names(True)).photos}
    found = Attachment.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None or pk not in chosen:
        raise Http404
    try:
        with found.file.open() as file:
            data = covered(file.read())
    except OSError as error:
        raise Http404 from error
    return HttpResponse(data, content_type="image/jpeg")


def word_file(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=WORD)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
