"""The street's own Word template: filled in where there is one; what cannot be filled is refused beside the field, in a sentence."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.dossier.actions import drop_template, set_template
from community_portal.dossier.models import DossierTemplate
from community_portal.dossier.templates import MOST_BYTES, read_template
from community_portal.dossier.word import template_of
from community_portal.refusals import NotAllowed, Refusal
from tests.cast import Cast
from tests.factories import make_category

URL = "/settings/dossier/"


def written(*paragraphs: str, foot: str = "") -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if foot:
        document.sections[0].footer.paragraphs[0].text = foot
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


OWN = written(
    "龙田街道档案", "{{ title }}", "{%p for s in sections %}", "{{ s.title }}", "{%p endfor %}", foot="{{ sub }}"
)


def words_of(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    foot = document.sections[0].footer.paragraphs
    return "\n".join(one.text for one in (*document.paragraphs, *foot))


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"", "no_document", "打不开"),
        (b"no zip at all", "no_document", "打不开"),
        (b"x" * (MOST_BYTES + 1), "too_large", "5 MB"),
        (written("{{ titel }} {{ phone }}"), "unknown_name", "phone、titel"),
        (written("{%p for s in sections %}", "{{ s.titel }}", "{%p endfor %}"), "unknown_name", "s.titel"),
        (written("{{ title }}", foot="{{ street }}"), "unknown_name", "street"),
        (written("{{ title.__class__ }}"), "unknown_name", "__class__"),
        (written("{{ title }"), "bad_tag", "写错了"),
        (written("{%p for s in sections %}", "{{ s.title }}"), "bad_tag", "写错了"),
        (written("{{ title.upper() }}"), "no_program", "只能写"),
        (written("{{ range(9) }}"), "no_program", "只能写"),
        (written("{% include 'etc' %}"), "no_program", "只能写"),
    ],
)
def test_what_cannot_be_filled_is_refused_with_what_is_wrong(data: bytes, code: str, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_template(data)
    assert (refused.value.code, refused.value.field) == (code, "file")
    assert says in str(refused.value)


def test_a_package_that_is_no_word_document_is_none() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("hello.txt", "hello")
    with pytest.raises(Refusal) as refused:
        read_template(out.getvalue())
    assert refused.value.code == "no_document"


def test_what_unfolds_without_end_is_refused_before_it_does() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * (51 * 1024 * 1024))
    with pytest.raises(Refusal) as refused:
        read_template(out.getvalue())
    assert refused.value.code == "too_large"


def test_ours_is_one_to_begin_from() -> None:
    assert read_template(template_of("dossier"))


@pytest.mark.django_db
def test_the_street_brings_its_own_and_takes_ours_again(cast: Cast, signed_in: Any) -> None:
    made = register_request(
        community=cast.home, category=make_category(), words="灯坏了", resident=cast.elder, by=cast.reception, at=clock.now()
    )  # fmt: skip
    word = f"/dossier/help_request/{made.case.number}/?as=word"
    desk, street = signed_in(cast.reception), signed_in(cast.street_officer)
    assert "龙田街道档案" not in words_of(desk.get(word).content)

    broken = street.post(URL, {"file": SimpleUploadedFile("坏的.docx", written("{{ titel }}"))})
    assert broken.status_code == 422
    assert "模板里有不认识的占位符：titel" in broken.content.decode()
    assert not DossierTemplate.objects.exists()

    assert street.post(URL, {"file": SimpleUploadedFile("龙田.docx", OWN)}).status_code == 303
    filled = words_of(desk.get(word).content)
    assert "龙田街道档案" in filled and "陈平" in filled and made.case.number in filled
    assert "龙田.docx" in street.get(URL).content.decode()
    assert words_of(street.get(f"{URL}?as=word").content).startswith("龙田街道档案")

    assert street.post(URL, {"file": SimpleUploadedFile("坏的.docx", b"nothing")}).status_code == 422
    assert DossierTemplate.objects.get().name == "龙田.docx", "the one before stays"
    assert street.post(URL, {"drop": "1"}).status_code == 303
    assert "龙田街道档案" not in words_of(desk.get(word).content)


@pytest.mark.django_db
def test_a_house_sees_it_and_the_street_sets_it(cast: Cast, signed_in: Any) -> None:
    manager = signed_in(cast.manager)
    assert "档案模板由街道来定" in manager.get(URL).content.decode()
    sent = manager.post(URL, {"file": SimpleUploadedFile("a.docx", OWN)})
    assert sent.status_code == NotAllowed("").status
    with pytest.raises(NotAllowed):
        drop_template(cast.street, by=cast.manager)
    set_template(cast.street, OWN, name="a.docx", by=cast.street_officer, at=clock.now())
    assert DossierTemplate.objects.get().by == cast.street_officer
