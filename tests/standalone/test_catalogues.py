"""Every marked string is found, and every one without English is named."""

from pathlib import Path

import pytest

from community_portal.standalone import catalogues

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
_("一句"), ngettext("%d 户", "%d 户们", 2), pgettext("门", "开")
"""
TEMPLATE = """{% load i18n %}<p title="{% translate '标题' %}">don't {{ name|default:_("没有名字") }}</p>
{% panel title=_("面板") %}{% blocktranslate trimmed with name=name %}
  {{ name }}，您好
{% endblocktranslate %}{% endpanel %}
{% blocktranslate trimmed count n=rows|length %}{{ n }} 条{% plural %}{{ n }} 条们{% endblocktranslate %}"""
ENGLISH = """
msgid "一句"
msgstr "One sentence"

#, fuzzy
msgid "标题"
msgstr "Title"

msgid "面板"
msgstr ""
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in (*catalogues.CODE, "templates", "locale/en/LC_MESSAGES"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "community_portal" / "views.py").write_text(PYTHON)
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    english = tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"
    english.write_text(ENGLISH)
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "ENGLISH", english)
    return tmp_path


def test_every_string_is_found(house: Path) -> None:
    found = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogues.extract_all()}
    assert found - {""} == {"一句", "%d 户", "开", "标题", "没有名字", "面板", "%(name)s，您好", "%(n)s 条"}


def test_without_english_are_absent_empty_and_fuzzy_ones(house: Path) -> None:
    lacking = catalogues.missing()
    assert {"开", "标题", "面板", "%(n)s 条"} <= set(lacking)
    assert "一句" not in lacking


def test_update_keeps_what_was_translated(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogues.update()
    assert 'msgstr "One sentence"' in catalogues.ENGLISH.read_text()
    assert "8 strings, 7 without English" in capsys.readouterr().out
    catalogues.compile_all()
    assert catalogues.ENGLISH.with_suffix(".mo").exists()


def test_no_english_is_pasted_twice() -> None:
    for message in catalogues._read():
        for words in [message.string] if isinstance(message.string, str) else message.string:
            assert len(words) < 40 or words.count(words[:20]) == 1, words
