"""What may be said beside a step: more words, and how it went."""

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.matters.forms.fields import PhotosField, WordsField
from community_portal.matters.forms.steps import SCORES


class AddWordsForm(forms.Form):
    words = WordsField(label=_("补充说明"), required=False)
    photos = PhotosField()


class RateForm(forms.Form):
    satisfaction = forms.TypedChoiceField(
        label=_("这件事办得怎么样"),
        choices=SCORES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项。")},
    )
    words = WordsField(label=_("想说的话"), required=False)
