"""What the street types about programmes and lists of items."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.register.forms import read
from community_portal.places.models import Street
from community_portal.web.inputs import DayField, ReadableField, end_of_year, start_of_year
from eldercare.actions.catalogues import Read, read_workbook
from eldercare.models import CatalogueList, Programme


class LinesField(forms.CharField):
    """One thing on each line; cleans to a list."""

    widget = forms.Textarea(attrs={"rows": 5})

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(required=False, help_text=_("一行一样"), **kwargs)
        self.longest = longest

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]
        if any(len(line) > self.longest for line in lines):
            raise forms.ValidationError(_("一行最多 %(n)s 个字。"), params={"n": self.longest})
        return lines


class ProgrammeForm(forms.ModelForm):  # type: ignore[type-arg]
    name = ReadableField(label=_("名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    opens_on = DayField(label=_("从哪天起收申请"), earliest=start_of_year(-5), latest=end_of_year(3))
    closes_on = DayField(label=_("收到哪天"), earliest=start_of_year(-5), latest=end_of_year(3))
    funded_codes = LinesField(label=_("基础项目以外还补贴哪些（编号）"), longest=30)
    papers = LinesField(label=_("要交的材料"), longest=60)
    papers_en = LinesField(label=_("英文材料"), longest=120)

    class Meta:
        model = Programme
        fields: ClassVar[list[str]] = [
            "name", "name_en", "year", "family", "catalogue", "budget", "cap", "target_households", "opens_on",
            "closes_on", "funded_codes", "papers", "papers_en",
        ]  # fmt: skip

    def __init__(self, *args: Any, street: Street, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = CatalogueList.objects.filter(street=street) | CatalogueList.objects.filter(street=None)
        self.fields["catalogue"].queryset = lists  # type: ignore[attr-defined]
        self.fields["year"].initial = clock.today().year
        self.fields["cap"].min_value = 1  # type: ignore[attr-defined]

    def clean_papers_en(self) -> list[str]:
        english: list[str] = self.cleaned_data["papers_en"]
        if english and len(english) != len(self.cleaned_data.get("papers", [])):
            raise forms.ValidationError(_("英文材料要和中文一行对一行。"))
        return english

    def clean_cap(self) -> Any:
        if self.cleaned_data["cap"] <= 0:
            raise forms.ValidationError(_("每户上限要大于 0。"))
        return self.cleaned_data["cap"]


class ImportForm(forms.Form):
    """A new version of the street's own list."""

    file = forms.FileField(label=_("项目清单"), help_text=_("Excel（xlsx），格式同导出的文件"))
    name = forms.CharField(label=_("名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    valid_from = DayField(label=_("从哪天起"), earliest=start_of_year(-1), latest=end_of_year(2))
    source = forms.CharField(label=_("依据"), max_length=200, error_messages={"required": _("请写依据的文件。")})

    def clean_file(self) -> Read:
        upload = self.cleaned_data["file"]
        return read(read_workbook, upload.read(1024 * 1024 + 1))  # type: ignore[no-any-return]
