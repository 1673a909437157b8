"""/style/: every component of components.py in every state, for whoever builds a page."""

from types import SimpleNamespace

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.web.access import open_to_all
from community_portal.web.components import tally
from community_portal.web.inputs import DayField


@open_to_all
def style_page(request: HttpRequest) -> HttpResponse:
    """Every component in every state, in the frame ``?frame=`` (staff, resident or plain): what page builders look at."""
    frame = request.GET.get("frame", "")
    context = {
        "keeps_forms": True,
        "frame": f"{frame}.html" if frame in ("staff", "resident") else "plain.html",
        "people": [("9:30", "陈平", "68"), ("10:00", "孙丽", "34"), ("10:30", "徐明", "82")],
        "progress": [
            {"label": _("登记"), "note": "11-23 09:42", "state": "done"},
            {"label": _("上门核实"), "note": "3 网格 · 周敏", "state": "now"},
            {"label": _("代办申请"), "note": "", "state": "todo"},
            {"label": _("服务到位"), "note": "", "state": "todo"},
            {"label": _("办结"), "note": "", "state": "todo"},
        ],
        "events": [
            {"who": _("系统提醒"), "what": _("核实时限已到，已通知周敏"), "at": clock.now(), "icon": "alarm"},
            {"who": "李玲", "what": _("派给 3 网格"), "why": _("12 幢属 3 网格"), "at": clock.now(), "when": "9:45"},
            {
                "who": "陈平",
                "what": _("到会客厅当面登记"),
                "at": clock.now(),
                "when": "9:42",
                "quote": "我们老夫妻俩身体都不好，上个月老伴中风，现在只能躺在床上……",
                "photos": [{"url": static("icon.svg"), "label": _("照片")}],
            },
        ],
        "papers": [
            {"url": "#papers", "name": _("身份证复印件"), "note": "陈平 · 11-23", "chip": _("已核对"), "tone": "ok"},
            {"url": "#papers", "name": _("现场照片"), "note": "1.2 MB", "picture": static("icon.svg")},
        ],
        "crumbs": [(_("求助与帮办"), "#crumbs"), ("LT-24-0318", "")],
        "stages": (("", _("全部")), ("open", _("没办结的"))),
        "moment": clock.now(),
        "phone": "+8613800002046",
        "form": _Sample(request.POST or {"name": "陈", "words": "", "category": "care"}),
        "blank": _Sample(auto_id="blank_%s"),
        "part": SimpleNamespace(
            template="components/tally.html",
            values=tally(label=_("到访"), value=18, unit=_("人次"), hue="green"),
        ),
        "keyset": SimpleNamespace(older=1, newer=2),
        "counted": Paginator(range(30), 10).page(2),
    }
    return render(request, "style.html", context)


class _Sample(forms.Form):
    name = forms.CharField(label=_("姓名"), min_length=2, help_text=_("和身份证上一样"))
    category = forms.ChoiceField(
        label=_("类别"),
        choices=[("care", _("照护")), ("repair", _("维修")), ("paper", _("证明"))],
        widget=forms.RadioSelect,
        required=False,
    )
    how = forms.ChoiceField(
        label=_("怎么来办"),
        choices=[("hall", _("我到会客厅来")), ("home", _("请人上门"))],
        widget=forms.RadioSelect,
        help_text=_("行动不便的，我们去您家"),
    )
    scopes = forms.MultipleChoiceField(
        label=_("可以代办"), choices=[("times", _("预约")), ("matters", _("求助"))], widget=forms.CheckboxSelectMultiple
    )
    place = forms.ChoiceField(label=_("社区"), choices=[("LT", "龙田社区"), ("FM", "富民社区")])
    day = DayField(label=_("哪一天"), required=False)
    words = forms.CharField(label=_("居民怎么说"), widget=forms.Textarea(attrs={"rows": 3}))
    photos = forms.FileField(label=_("照片"), required=False)
    agree = forms.BooleanField(label=_("接收短信"), required=False, help_text=_("每件事最多三条"))
