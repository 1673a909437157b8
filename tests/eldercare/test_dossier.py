"""一户一档 and 简报 of an adaptation: one file, covered where it should be, in Word with Chinese fonts."""

import io
import zipfile
from xml.etree import ElementTree

import pytest

from community_portal.casework.uploads import read_photo
from community_portal.dossier.sections import DOSSIERS, Names
from community_portal.people.models import Purpose, ViewLog
from community_portal.people.own_account.consents import WORDINGS, give_consent
from eldercare.actions.acceptance import accept, record_interview
from eldercare.actions.works import add_line_photo
from eldercare.models import Moment
from tests.casework.photos import photo, upload
from tests.clients import client_of
from tests.eldercare.built import LATER, decide_all, fresh, hear, make_accepting, sign_all

pytestmark = pytest.mark.django_db
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def accepted(cast):
    adaptation, visit = make_accepting(cast)
    man = adaptation.contractor.memberships.first().user
    line = adaptation.plan.lines.first()
    for moment, day in ((Moment.BEFORE, "2026:11:23 10:15:00"), (Moment.AFTER, "none")):
        shot = read_photo(upload(photo(day) if moment == Moment.BEFORE else photo(day, quality=40)))
        add_line_photo(line, shot, moment=moment, by=man, at=LATER)
    decide_all(visit, cast.street_officer)
    hear(adaptation, visit, cast.street_officer)
    said = {"name": "陈晓燕", "relation": "child", "score": 5, "words": "夜里他能叫人了，我敢睡了"}
    record_interview(adaptation, visit=visit, **said, may_be_quoted=True, by=cast.street_officer, at=LATER)
    sign_all(visit, cast.street_officer)
    accept(fresh(adaptation), by=cast.street_officer, at=LATER, words="")
    return fresh(adaptation)


def agree(cast, purpose):
    give_consent(
        cast.elder, purpose=purpose, version=WORDINGS[purpose].version, channel="desk", by=cast.reception, at=LATER
    )


def test_one_file_shows_before_and_after_the_lines_and_who_signed(cast):
    adaptation = accepted(cast)
    url = f"/dossier/adaptation/{adaptation.case.number}/"
    page = client_of(cast.manager).get(url).content.decode()
    for word in ("改造前后", "1. 安装扶手", "通过 · 第 1 次", "沈惠芳", "陈平", "夜里他能叫人了"):
        assert word in page, word
    assert ViewLog.objects.filter(viewer=cast.manager, resident=cast.elder).exists()
    covered = client_of(cast.manager).get(f"{url}?names=covered").content.decode()
    assert "陈平" not in covered and "陈某" in covered and "503" not in covered


def test_who_does_not_read_the_matter_finds_no_file(cast):
    adaptation = accepted(cast)
    for what in ("", "brief/", "brief/1/"):
        assert client_of(cast.stranger).get(f"/dossier/adaptation/{adaptation.case.number}/{what}").status_code == 404
    assert client_of(cast.manager).get(f"/dossier/nothing/{adaptation.case.number}/").status_code == 404


def document_of(answer):
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def words_of(parts):
    root = ElementTree.fromstring(parts["word/document.xml"])
    return "".join(node.text or "" for node in root.iter(f"{W}t"))


def test_in_word_with_chinese_fonts_and_both_pictures(cast):
    adaptation = accepted(cast)
    answer = client_of(cast.manager).get(f"/dossier/adaptation/{adaptation.case.number}/?as=word")
    parts = document_of(answer)
    text = words_of(parts)
    assert "陈平" in text and "通过 · 第 1 次" in text and "{" not in text
    assert sum(name.startswith("word/media/") for name in parts) == 2
    fonts = {
        style.get(f"{W}styleId"): node.get(f"{W}eastAsia")
        for style in ElementTree.fromstring(parts["word/styles.xml"]).iter(f"{W}style")
        for node in style.iter(f"{W}rFonts")
    }
    assert (fonts["Normal"], fonts["Title"], fonts["Heading1"]) == ("宋体", "黑体", "黑体")


def test_a_brief_covers_names_and_faces_and_quotes_with_consent_alone(cast):
    adaptation = accepted(cast)
    client, url = client_of(cast.manager), f"/dossier/adaptation/{adaptation.case.number}/brief/"
    page = client.get(url).content.decode()
    assert "陈平" not in page.replace("陈平家", "") and "陈某" in page
    assert "夜里他能叫人了" in page and "没有同意用的照片" in page
    assert f'href="/dossier/adaptation/{adaptation.case.number}/">3 项' in page.replace("\n", "")
    adaptation.interviews.update(may_be_quoted=False)
    assert "夜里他能叫人了" not in client.get(url).content.decode()
    agree(cast, Purpose.PHOTOS)
    page = client.get(url).content.decode()
    chosen = DOSSIERS["adaptation"].brief(adaptation, Names(True)).photos
    assert len(chosen) == 2 and all(f"{url}{one.pk}/" in page for one in chosen)
    assert all(f"/attachments/{one.pk}/" not in page for one in chosen)
    drawn = client.get(f"{url}{chosen[0].pk}/")
    with chosen[0].file.open() as file:
        assert drawn.status_code == 200 and drawn.content != file.read()
    assert client.get(f"{url}999999/").status_code == 404
    assert words_of(document_of(client.get(f"{url}?as=word"))).count("陈平") == 0
