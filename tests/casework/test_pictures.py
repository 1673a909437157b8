"""Pictures: what is kept looks like what was sent, one is unfolded at a time, and none that the server cannot hold."""

import datetime as dt
import io
import resource
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pgtrigger
import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as how_many
from hypothesis import strategies as st
from PIL import Image

from community_portal import clock
from community_portal.casework import pictures
from community_portal.casework.models import Attachment
from community_portal.casework.uploads import read_paper, read_photo, read_photos
from community_portal.people.register.retention import sweep
from community_portal.refusals import Refusal
from tests.casework.photos import as_bytes, photo, png_of_zeros, upload
from tests.cast import Cast
from tests.loans import borrow
from tests.toy_service.models import Loan

MANY = png_of_zeros(7300, 5440, is_colour=True)  # 39.7 million pixels in 116 KB


def drawn(data: bytes, name: str = "a.png") -> Image.Image:
    """What is kept, as anybody would see it."""
    return Image.open(io.BytesIO(read_photo(upload(data, name)).data))


# ---- how much is unfolded ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_what_must_be_in_memory_as_a_whole_may_have_sixteen_million_pixels(kind: str, settings: Any) -> None:
    settings.IMAGE_MAX_PIXELS = 16_000
    how = {"progressive": True} if kind == "JPEG" else {}
    assert drawn(as_bytes(Image.new("RGB", (160, 100)), kind, **how)).size == (160, 100)
    with pytest.raises(Refusal) as refused:
        read_photo(upload(as_bytes(Image.new("RGB", (161, 100)), kind, **how)))
    assert refused.value.code == "too_many_pixels"


def test_a_small_file_of_forty_million_pixels_is_named_and_told_what_would_do() -> None:
    for read in (read_photo, read_paper):
        with pytest.raises(Refusal, match="“屏幕.png”的像素太多了（3971 万，最多 1600 万）"):
            read(upload(MANY, "屏幕.png"))


def test_six_hundred_megapixels_in_a_small_file_cost_nothing_and_are_named() -> None:
    data = png_of_zeros(25_000, 24_000)
    assert len(data) < 500_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refusal) as refused:
        read_photo(upload(data, "a.png"))
    assert refused.value.code == "too_many_pixels"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "unfolded it takes 600 MB"


def test_a_photo_of_a_modern_phone_is_reduced_while_it_is_read() -> None:
    data = as_bytes(Image.new("RGB", (8064, 6048), "green"), "JPEG")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kept = drawn(data, "a.jpg")
    assert kept.size == (2400, 1800)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 120_000, "as a whole it takes 195 MB"


def test_a_photo_with_a_second_picture_behind_it_as_phones_write_them() -> None:
    second = Image.new("RGB", (40, 30), "blue")
    kept = drawn(as_bytes(Image.new("RGB", (40, 30), "red"), "MPO", save_all=True, append_images=[second]))
    assert kept.format == "JPEG"


# ---- one at a time -----------------------------------------------------------------------------------------------


def test_one_is_unfolded_at_a_time_one_waits_and_the_third_is_asked_to_come_again(monkeypatch: Any) -> None:
    at_work, most, go_on = [], [], threading.Event()

    def slowly(image: Image.Image) -> Image.Image:
        at_work.append(1)
        most.append(len(at_work))
        go_on.wait(10)
        at_work.pop()
        return image.convert("RGB")

    monkeypatch.setattr("community_portal.casework.uploads.draw_small", slowly)
    answers: list[str] = []

    def send() -> None:
        try:
            read_photos([upload(photo()), upload(photo())])
            answers.append("taken")
        except Refusal as refusal:
            answers.append(refusal.code)

    threads = [threading.Thread(target=send) for _n in range(5)]
    for thread in threads:
        thread.start()
    while len(answers) < 3:
        threads[0].join(0.01)
    assert answers == ["pictures_busy"] * 3, "who cannot wait is told at once"
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert sorted(answers) == ["pictures_busy"] * 3 + ["taken"] * 2 and max(most) == 1
    assert read_photo(upload(photo())), "and the place is free again"


def test_nobody_waits_for_ever(settings: Any) -> None:
    settings.PICTURES_WAIT = dt.timedelta(milliseconds=20)
    with pictures.one_at_a_time(field="photos"), pytest.raises(Refusal, match="过几秒再交") as refused:
        read_photo(upload(photo()))
    assert (refused.value.code, refused.value.field) == ("pictures_busy", "photos")


def test_what_cannot_be_taken_is_told_so_also_while_others_wait() -> None:
    with pictures.one_at_a_time(field="photos"), pytest.raises(Refusal) as refused:
        read_photos([upload(photo()), upload(MANY, "a.png")])
    assert refused.value.code == "too_many_pixels"


# ---- what it looks like ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_black_ink_on_nothing_is_black_on_white(mode: str) -> None:
    paper = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    paper.paste((0, 0, 0, 255), (0, 0, 30, 40))
    sent = paper.quantize() if mode == "P" else paper.convert(mode)
    kept = drawn(as_bytes(sent, "PNG")).convert("L")
    assert kept.getpixel((10, 20)) < 40 and kept.getpixel((50, 20)) > 215


@pytest.mark.parametrize(("grey", "shown"), [(0, 0), (32_768, 128), (65_535, 255)])
def test_sixteen_bits_of_grey_are_eight(grey: int, shown: int) -> None:
    kept = drawn(as_bytes(Image.new("I;16", (40, 30), grey), "PNG")).convert("L")
    assert abs(kept.getpixel((5, 5)) - shown) < 4


def test_thin_lines_of_a_scan_stay() -> None:
    scan = Image.new("1", (3600, 100), 1)
    for x in range(0, 3600, 9):
        scan.paste(0, (x, 0, x + 1, 100))
    kept = drawn(as_bytes(scan, "PNG")).convert("L")
    assert kept.width == 2400 and kept.getextrema()[0] < 200
    assert len({kept.getpixel((x, 30)) for x in range(200)}) > 2, "shades, not torn"


def test_no_comment_stays_behind_the_picture() -> None:
    kept = drawn(photo(comment=b"13800000001"), "a.jpg")
    assert "comment" not in kept.info and not kept.getexif()


# ---- when it was taken -------------------------------------------------------------------------------------------

CANNOT_BE = [
    "0001:01:01 00:00:00", "0000:00:00 00:00:00", "1989:12:31 23:59:59", "9999:12:31 23:59:59", "2079:01:01 00:00:00",
    "    :  :     :  :  ", "2026:13:45 99:99:99", "nonsense", "",
]  # fmt: skip


@pytest.mark.parametrize("text", CANNOT_BE)
def test_a_moment_that_cannot_be_is_none(text: str) -> None:
    assert read_photo(upload(photo(text))).taken_at is None


def test_between_1990_and_tomorrow_the_camera_is_believed() -> None:
    for text in ("1990:01:01 00:00:00", f"{clock.local(clock.now()):%Y:%m:%d %H:%M:%S}"):
        assert read_photo(upload(photo(text))).taken_at is not None


@pytest.mark.filterwarnings("ignore:Tag data larger than file")  # Pillow says so of some, and goes on
@how_many(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_broken_photo_is_refused_or_drawn_never_an_error(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([photo(), PNG_IN_COLOURS, WEBP])))
    for _n in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_photo(upload(bytes(whole[: data.draw(st.integers(1, len(whole)))])))
    except Refusal as refusal:
        assert refusal.code in ("not_a_photo", "too_many_pixels")


PNG_IN_COLOURS = as_bytes(Image.effect_noise((40, 30), 50).convert("P"), "PNG")
WEBP = as_bytes(Image.effect_noise((40, 30), 50).convert("RGBA"), "WEBP")


# ---- on the pages ------------------------------------------------------------------------------------------------


@pytest.fixture
def matter(toy: None, cast: Cast) -> Loan:
    caches["default"].clear()
    return borrow(cast)


def send(client: Client, matter: Loan, *data: bytes, words: str = "写了很久的一段话") -> Any:
    files = [upload(each, f"{n}.png") for n, each in enumerate(data)]
    return client.post(f"/my/loans/{matter.case.number}/words/", {"words": words, "photos": files})


def test_a_picture_too_large_gets_its_sentence_beside_the_field_and_what_was_typed_stays(
    cast: Cast, matter: Loan, signed_in: Callable[[Any], Client]
) -> None:
    answer = send(signed_in(cast.elder_account), matter, MANY)
    assert answer.status_code == 422 and "写了很久的一段话" in answer.content.decode()
    assert "最多 1600 万" in str(answer.context["words_form"].errors["photos"])


def test_who_sends_photos_again_and_again_waits_and_nobody_else_does(
    cast: Cast, matter: Loan, signed_in: Callable[[Any], Client], settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"photos": "2/m/user"}
    resident, desk = signed_in(cast.elder_account), signed_in(cast.reception)
    answers = [send(resident, matter, photo(), words=f"第{n}张").status_code for n in range(3)]
    assert answers == [303, 303, 422]
    refused = send(resident, matter, photo())
    assert "传得太勤" in str(refused.context["words_form"].errors["photos"]) and "写了很久" in refused.content.decode()
    assert send(resident, matter, words="没有照片").status_code == 303
    note = {"words": "接待记一笔", "photos": [upload(photo())]}
    assert desk.post(f"/loans/{matter.case.number}/note/", note).status_code == 303


def test_who_writes_again_and_again_waits(
    cast: Cast, matter: Loan, signed_in: Callable[[Any], Client], settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"words": "2/m/user"}
    client = signed_in(cast.elder_account)
    assert [send(client, matter, words=f"第{n}句").status_code for n in range(3)] == [303, 303, 422]
    refused = send(client, matter)
    assert "写得太勤" in str(refused.context["words_form"].errors["words"]) and "写了很久" in refused.content.decode()


def spoil(attachment: Attachment, moment: str) -> None:
    """As rows of before are: written past everything that looks at them."""
    with pgtrigger.ignore("casework.Attachment:no_moment_that_cannot_be"), connection.cursor() as cursor:
        cursor.execute("UPDATE casework_attachment SET taken_at = %s WHERE id = %s", [moment, attachment.pk])


MOMENTS = ["0001-12-31 15:54:17+00 BC", "4713-01-01 00:00+00 BC", "20000-01-01 00:00+00", "infinity", "-infinity"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_one_bad_row_closes_no_page_and_keeps_nobody_from_being_forgotten(
    moment: str, cast: Cast, matter: Loan, signed_in: Callable[[Any], Client], clean_photo_dates: Callable
) -> None:
    send(signed_in(cast.elder_account), matter, photo("0001:01:01 00:00:00"))
    attachment = Attachment.objects.get()
    with connection.cursor() as cursor:  # by whatever way: it does not come in
        cursor.execute("UPDATE casework_attachment SET taken_at = %s", [moment])
    assert_readable(cast, matter, signed_in)
    spoil(attachment, moment)
    clean_photo_dates()
    assert_readable(cast, matter, signed_in)
    cast.elder.__class__.objects.filter(pk=cast.elder.pk).update(moved_out_on=clock.today() - dt.timedelta(days=1500))
    assert sweep(at=clock.now())["left"] == 1
    attachment.refresh_from_db()
    assert (str(attachment.file), attachment.taken_at) == ("", None)


def assert_readable(cast: Cast, matter: Loan, signed_in: Callable[[Any], Client]) -> None:
    assert Attachment.objects.get().taken_at is None
    for user, path in (
        (cast.elder_account, f"/my/loans/{matter.case.number}/"),
        (cast.reception, f"/loans/{matter.case.number}/"),
    ):
        assert signed_in(user).get(path).status_code == 200


@pytest.fixture
def clean_photo_dates() -> Callable[[], None]:
    """What the migration does to rows of before."""
    migration = import_module("community_portal.casework.migrations.0007_photo_dates_that_can_be")

    def clean() -> None:
        with connection.cursor() as cursor:
            cursor.execute(migration.CLEAN)

    return clean
