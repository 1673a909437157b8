"""The street's template on the pages of its settings."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.dossier.actions import drop_template, must_be_of_the_street, set_template
from community_portal.dossier.models import DossierTemplate
from community_portal.dossier.templates import MOST_BYTES, NAMES
from community_portal.dossier.views import word_file
from community_portal.dossier.word import template_of
from community_portal.people.models import RUNS, Role
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused


class TemplateForm(forms.Form):
    file = forms.FileField(label=_("Word 模板（.docx）"), error_messages={"required": _("请选一个 Word 文件。")})


@for_staff(*RUNS)
@once
def settings_dossier(request: StaffRequest) -> HttpResponse:
    """The template in use, to look at and to begin from; the street brings its own, or takes ours again."""
    house: Any = house_of(request)
    street, user = house.street, request.user
    own = DossierTemplate.objects.filter(street=street).select_related("by").first()
    if request.GET.get("as") == "word":
        return word_file(bytes(own.document) if own else template_of("dossier"), own.name if own else "dossier.docx")
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        try:
            must_be_of_the_street(user, street)
            if _is_kept(request, street, form):
                return done(request, _("已保存。"), "settings_dossier")
        except NotAllowed as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    may_set = user.is_superuser or street.pk in user.streets_as(Role.STREET_OFFICER)
    context = {"street": street, "own": own, "form": form, "may_set": may_set, "names": NAMES}
    return answer_form(request, "dossier/settings.html", context, form)


def _is_kept(request: StaffRequest, street: Any, form: TemplateForm) -> bool:
    """False where no file came."""
    if request.POST.get("drop"):
        drop_template(street, by=request.user)
        return True
    if not form.is_valid():
        return False
    upload = form.cleaned_data["file"]
    set_template(street, upload.read(MOST_BYTES + 1), name=upload.name, by=request.user, at=clock.now())
    return True
