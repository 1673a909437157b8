"""Fields of their own kind: photos, longer words, a colleague, an offered time, a signature."""

from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.uploads import ReadFile, read_photos, read_signature
from community_portal.matters.queries import loads_of
from community_portal.people.models import Purpose, Resident, User
from community_portal.people.own_account.consents import standings_of
from community_portal.people.register.forms import read
from community_portal.people.wording import LONGEST_TEXT, read_text

MOST_PHOTOS = 6


class SeveralFiles(forms.ClearableFileInput):
    """Django's own file input, for several files at once."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to six photos, each read, re-encoded and without GPS; cleans to a list of ReadFile."""

    widget = SeveralFiles

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("照片"))
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.widget.attrs |= {"accept": "image/jpeg,image/png,image/webp", "multiple": True, "data-photos": ""}

    def clean(self, data: Any, initial: Any = None) -> list[ReadFile]:
        uploads = [u for u in (data if isinstance(data, (list, tuple)) else [data]) if isinstance(u, UploadedFile)]
        if len(uploads) > MOST_PHOTOS:
            raise forms.ValidationError(_("一次最多 6 张照片。"))
        return read(read_photos, uploads) if uploads else []


def about_photos(resident: Resident | None) -> Any:
    """Whether they agreed to photos of their home."""
    if resident is None:
        return ""
    standing = next(standing for standing in standings_of(resident) if standing.purpose == Purpose.PHOTOS)
    if standing.live:
        return _("他（她）同意过拍照。")
    return _("他（她）不同意拍照，请用文字写。") if standing.past else _("拍之前先问一声，同意才拍。")


class WordsField(forms.CharField):
    """A longer text: control characters dropped, 2,000 characters at most, with a sentence instead of a cut."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4, "data-limit": LONGEST_TEXT}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        return super().clean(read(read_text, value or "", field="words"))


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Colleagues to choose from, each with the grids they look after and how much they have in hand."""

    widget = forms.RadioSelect
    default_error_messages: ClassVar[dict[str, Any]] = {"required": _("请选一位同事。")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), empty_label=None, **kwargs)

    def offer(self, people: QuerySet[User], community_id: int) -> None:
        self.queryset = people
        self.loads = loads_of(people, community_id, on=clock.today())

    def label_from_instance(self, user: Any) -> str:
        return " · ".join([str(user), *self.loads.get(user.pk, [])])


class OfferedTimeField(forms.ChoiceField):
    """One of the times on offer; none is chosen when another time is written below."""

    widget = forms.RadioSelect

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class SignatureField(forms.CharField):
    """Drawn with the finger, sent as an image; cleans to a ReadFile, or None for an empty canvas."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, **kwargs)

    def clean(self, value: Any) -> Any:
        return read(read_signature, super().clean(value))
