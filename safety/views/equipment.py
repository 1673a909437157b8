"""The register of equipment: the list, one piece with its history, what may be done with it, labels, and the way in from its code."""

from collections.abc import Callable
from typing import Any

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.people.once import once
from community_portal.people.shell import house_of, show_house
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.spreadsheets import workbook
from community_portal.web.access import StaffRequest, for_staff, open_to_all
from community_portal.web.editions import edition_of
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import page_by_id
from safety.actions import equipment as deeds
from safety.actions.equipment_import import HEADINGS
from safety.equipment_rules import EquipmentRules
from safety.forms.equipment import MoveForm, PieceForm, ScrapForm, ServicedForm, WordsForm
from safety.models import Equipment
from safety.queries.equipment import Wanted, for_list, piece_page, pieces_shown
from safety.queries.rounds import rounds_shown
from safety.workflow.equipment import EquipmentKind, Standing
from safety.workflow.states import PLANNERS, READERS

PAGE, MOST, ON_A_SHEET, MOST_SHEETS = 30, 20_000, 24, 20
LOOKS = (
    ("fails", gettext_lazy("有隐患没消除")), ("late", gettext_lazy("过期了")), ("soon", gettext_lazy("90 天内到期")),
    ("unseen", gettext_lazy("一个月没查")), *((state, state.label) for state in Standing),
)  # fmt: skip
JOINS = ("premises", "community__street", "organisation")


@for_staff(*READERS)
def equipment_list(request: StaffRequest) -> HttpResponse:
    """All pieces of one's places, newest first; ``as=xlsx`` is the same in the columns that the import reads."""
    wanted = Wanted(**{name: request.GET.get(name, "").strip()[:60] for name in Wanted._fields})
    today = clock.today()
    rows = for_list(pieces_shown(request.user, wanted, on=today))
    if request.GET.get("as") == "xlsx":
        return workbook(f"{_('消防器材')} {today}", [list(HEADINGS), *map(_line, rows.order_by("code")[:MOST])])
    page = page_by_id(rows, size=PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    context = {
        "page": page, "wanted": wanted, "today": today, "kinds": EquipmentKind.choices, "looks": LOOKS,
    }  # fmt: skip
    return render_page(request, "safety/equipment_list.html", context, fragment="safety/parts/equipment_rows.html")


def _line(piece: Any) -> list[Any]:
    return [
        piece.code, str(piece.get_kind_display()), piece.spec, piece.premises.name, piece.floor, piece.spot,
        piece.from_stairs_m, str(piece.made_on), str(piece.serviced_on or ""), str(piece.maker_scrap_on or ""),
        piece.organisation.name if piece.organisation else "", piece.responsible,
    ]  # fmt: skip


def piece_of(request: StaffRequest, code: str) -> Equipment:
    """404 for what stands in another community."""
    rows = Equipment.objects.visible_to(request.user).select_related(*JOINS)
    piece: Equipment = get_object_or_404(rows, code=code.upper())
    return piece


def _page(request: StaffRequest, piece: Equipment, *, status: int = 200, **more: Any) -> HttpResponse:
    rules = EquipmentRules(piece.community.street_id, clock.today())
    context = {
        "piece": piece,
        "today": clock.today(),
        "service": rules.service(piece.kind, is_first=piece.serviced_on is None),
        "scrap": rules.scrap(piece.kind),
        "may_keep": request.user.is_superuser or request.user.has_role_at(piece.community_id, *PLANNERS),
        "move_form": MoveForm(
            community=piece.community_id, auto_id="id_move_%s",
            initial={"premises": piece.premises_id, "floor": piece.floor, "spot": piece.spot},
        ),
        "serviced_form": ServicedForm(auto_id="id_serviced_%s"),
        "sent_form": WordsForm(auto_id="id_sent_%s"),
        "found_form": WordsForm(auto_id="id_found_%s"),
        "scrap_form": ScrapForm(auto_id="id_scrap_%s"),
        "opened": "",
    } | piece_page(piece) | more  # fmt: skip
    return render_page(request, "safety/equipment.html", context, status=status)


@for_staff(*READERS)
def equipment(request: StaffRequest, code: str) -> HttpResponse:
    return _page(request, piece_of(request, code))


@for_staff(*READERS)
def equipment_of_due(request: StaffRequest, pk: int) -> HttpResponse:
    """From an item of the due register to the page of its piece."""
    piece = get_object_or_404(Equipment.objects.visible_to(request.user), pk=pk)
    return HttpResponseRedirect(piece.url)


@for_staff(*PLANNERS)
@once
def add_equipment(request: StaffRequest) -> HttpResponse:
    house = house_of(request)
    if house is None:
        raise Http404
    piece = Equipment(community=house)
    form = PieceForm(request.POST or None, instance=piece, community=house)
    if request.method == "POST" and form.is_valid():
        try:
            deeds.register_piece(piece, by=request.user, at=clock.now())
            return done(request, _("登记好了，标签可以打印了。"), "equipment", piece.code)
        except NotAllowed as refusal:
            return refused(request, refusal, back=reverse("equipment_list"))
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "safety/equipment_form.html", {"form": form, "is_new": True}, form)


@for_staff(*PLANNERS)
@once
def edit_equipment(request: StaffRequest, code: str) -> HttpResponse:
    piece = piece_of(request, code)
    now = edition_of(piece)
    form = PieceForm(request.POST or None, instance=piece, community=piece.community, only_facts=True)
    if request.method == "POST" and form.is_valid():
        try:
            deeds.change_piece(
                piece, facts=form.facts, by=request.user, at=clock.now(), seen=request.POST.get("seen") or now
            )
            return done(request, _("已保存，到期的事跟着改了。"), "equipment", piece.code)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=piece.url)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"form": form, "piece": piece, "seen": request.POST.get("seen") or now, "is_new": False}
    return answer_form(request, "safety/equipment_form.html", context, form)


def _deed(name: str, form_of: Callable[..., Any], act: Callable[..., Any], words: Any) -> Any:
    """A form on the page of a piece; refused, it comes back where it stood."""

    @require_POST
    @once
    def view(request: StaffRequest, code: str) -> HttpResponse:
        piece = piece_of(request, code)
        form = form_of(request.POST, piece)
        if form.is_valid():
            try:
                act(piece, form.cleaned_data, by=request.user, at=clock.now())
                return done(request, words, "equipment", piece.code)
            except (Changed, NotAllowed) as refusal:
                return refused(request, refusal, back=piece.url)
            except Refusal as refusal:
                beside(form, refusal)
        return _page(request, piece, status=422, opened=name, **{f"{name}_form": form})

    return view


def _move(piece: Equipment, typed: dict[str, Any], **deed: Any) -> None:
    place = deeds.Place(typed["premises"], typed["floor"], typed["spot"])
    deeds.move_piece(piece, place, words=typed["words"], **deed)


move_equipment = for_staff(*PLANNERS)(
    _deed(
        "move", lambda data, piece: MoveForm(data, community=piece.community_id, auto_id="id_move_%s"), _move,
        gettext_lazy("已记下它挪到了哪里。"),
    )
)  # fmt: skip
service_equipment = for_staff(*PLANNERS)(
    _deed(
        "serviced", lambda data, piece: ServicedForm(data, auto_id="id_serviced_%s"),
        lambda piece, typed, **deed: deeds.service_piece(piece, **typed, **deed), gettext_lazy("已记下，下次到期按规定算好了。"),
    )
)  # fmt: skip
send_equipment = for_staff(*PLANNERS)(
    _deed(
        "sent", lambda data, piece: WordsForm(data, auto_id="id_sent_%s"),
        lambda piece, typed, **deed: deeds.send_to_service(piece, **typed, **deed), gettext_lazy("已记下，送修期间巡查不找它。"),
    )
)  # fmt: skip
scrap_equipment = for_staff(*PLANNERS)(
    _deed(
        "scrap", lambda data, piece: ScrapForm(data, auto_id="id_scrap_%s"),
        lambda piece, typed, **deed: deeds.scrap_piece(piece, **typed, **deed), gettext_lazy("已报废，扫它的码会看到。"),
    )
)  # fmt: skip
find_equipment = for_staff(*PLANNERS)(
    _deed(
        "found", lambda data, piece: WordsForm(data, auto_id="id_found_%s"),
        lambda piece, typed, **deed: deeds.find_piece(piece, **typed, **deed), gettext_lazy("找到就好，已记下。"),
    )
)  # fmt: skip


@for_staff(*READERS)
def equipment_labels(request: StaffRequest) -> HttpResponse:
    """A4 sheets of 24 labels: of one piece, of a place, or of what the list is narrowed to."""
    wanted = Wanted(**{name: request.GET.get(name, "").strip()[:60] for name in Wanted._fields})
    rows = pieces_shown(request.user, wanted, on=clock.today()).standing().select_related("premises")
    labels = [_label(piece) for piece in rows.order_by("premises", "floor", "code")[: MOST_SHEETS * ON_A_SHEET]]
    sheets = [labels[n : n + ON_A_SHEET] for n in range(0, len(labels), ON_A_SHEET)]
    return render_page(request, "safety/equipment_labels.html", {"sheets": sheets, "count": len(labels)})


def _label(piece: Equipment) -> dict[str, Any]:
    address = settings.PORTAL_URL + reverse("scan_equipment", args=[piece.code])
    return {"piece": piece, "address": address, "qr": segno.make(address, error="m").svg_inline(scale=3, border=2)}


@open_to_all
def scan_equipment(request: HttpRequest, code: str) -> HttpResponse:
    """Behind the sticker. Who reads safety goes on to the round that is open there, or to the piece, 404 in another community;
    anybody else reads what it is and when it was looked at, and may say what is wrong."""
    user: Any = request.user
    if user.is_authenticated and (user.is_superuser or user.roles & READERS):
        mine = Equipment.objects.visible_to(user).select_related("premises")
        return HttpResponseRedirect(_way_on(user, get_object_or_404(mine, code=code.upper())))
    piece = get_object_or_404(Equipment.objects.select_related(*JOINS), code=code.upper())
    show_house(request, piece.community)
    return render_page(request, "safety/equipment_scanned.html", {"piece": piece})


def _way_on(user: Any, piece: Equipment) -> str:
    opened = rounds_shown(user).filter(ended_at__isnull=True, houses__premises=piece.premises_id).first()
    if opened is None or piece.state == Standing.SCRAPPED:
        return piece.url
    return f"{reverse('inspection_round', args=[opened.pk])}?piece={piece.code}"
