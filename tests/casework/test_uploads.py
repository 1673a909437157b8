"""Files: looked at by their bytes, photos without GPS, everything else refused with a sentence."""

import base64
import io
import struct

import pytest
from PIL import ExifTags, Image

from community_portal import clock
from community_portal.casework.uploads import keep_file, read_paper, read_photo, read_signature
from community_portal.refusals import Refusal
from tests.casework.photos import photo, png_of_zeros, upload
from tests.cast import Cast, make_cast
from tests.loans import borrow
from tests.race import all_at_once

pytestmark = pytest.mark.usefixtures("toy")


def test_gps_is_gone_orientation_applied_and_the_moment_kept() -> None:
    data = photo()
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(ExifTags.IFD.GPSInfo)
    read = read_photo(upload(data))
    kept = Image.open(io.BytesIO(read.data))
    assert not kept.getexif() and kept.size == (30, 40)
    assert read.taken_at and clock.local(read.taken_at).strftime("%H:%M") == "10:15"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"not a photo", "a.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg"),
        (b"<html><script>alert(1)</script>", "a.png"),
        (b"\x89PNG\r\n\x1a\n broken", "a.png"),
        (b"", "empty.jpg"),
    ],
)
def test_what_is_no_photo_gets_a_sentence(data: bytes, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_photo(upload(data, name))
    assert refused.value.code == "not_a_photo"


def test_thirty_megabytes_are_too_many(settings) -> None:
    big = upload(b"x")
    big.size = 30 * 1024 * 1024
    with pytest.raises(Refusal, match="20 MB"):
        read_photo(big)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_at_the_same_moment_is_kept_once() -> None:
    cast = make_cast()
    taken = borrow(cast)
    read = read_photo(upload(photo()))

    def keep() -> int:
        return keep_file(taken.case, read, kind="photo", by=cast.reception, at=clock.now()).pk

    assert len(set(all_at_once([keep] * 6))) == 1
    assert taken.case.attachments.count() == 1


def test_pdf_is_kept_as_it_is_and_a_false_one_is_not() -> None:
    assert (
        read_paper(upload(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF", "a.pdf")).content_type
        == "application/pdf"
    )
    with pytest.raises(Refusal):
        read_paper(upload(b"MZ executable", "a.pdf"))


def test_signature_is_a_drawn_png_or_refused() -> None:
    assert read_signature("") is None
    with pytest.raises(Refusal):
        read_signature("data:image/png;base64,AAAA")
    with pytest.raises(Refusal):
        read_signature("data:text/html;base64,PGI+")
    with pytest.raises(Refusal):
        read_signature(as_url(png_of_zeros(14_000, 14_000)))
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    drawn = out.getvalue()
    assert read_signature(as_url(drawn))
    length = drawn.index(b"IDAT") - 4
    with pytest.raises(Refusal):
        read_signature(as_url(drawn[:length] + struct.pack(">I", 4) + drawn[length + 4 :]))


def as_url(png: bytes) -> str:
    """As the page sends what was drawn on it."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def test_files_open_only_through_the_permission_of_their_case(cast: Cast, signed_in) -> None:
    taken = borrow(cast)
    public = keep_file(taken.case, read_photo(upload(photo())), kind="photo", by=cast.reception, at=clock.now())
    inner = keep_file(
        taken.case,
        read_photo(upload(photo())),
        kind="signature",
        by=cast.officer,
        at=clock.now(),
        is_public=False,
    )
    for user, seen, hidden in (
        (cast.reception, 200, 200),
        (cast.officer, 200, 200),
        (cast.elder_account, 200, 404),
        (cast.stranger, 404, 404),
        (cast.stranger_account, 404, 404),
        (None, 302, 302),
    ):
        client = signed_in(user)
        answer = client.get(f"/files/{public.pk}/")
        assert answer.status_code == seen, user
        assert client.get(f"/files/{inner.pk}/").status_code == hidden, user
        if seen == 200:
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer["Content-Security-Policy"]


def test_a_file_that_is_gone_from_the_disk_is_not_found(cast: Cast, signed_in) -> None:
    taken = borrow(cast)
    kept = keep_file(taken.case, read_photo(upload(photo())), kind="photo", by=cast.reception, at=clock.now())
    kept.file.storage.delete(kept.file.name)
    assert signed_in(cast.reception).get(f"/files/{kept.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.html", "a.pdf"),
        ("证明.PDF", "证明.PDF"),
        ("扫描件", "扫描件.pdf"),
        ("v1.2 final version", "v1.2 final version.pdf"),
    ],
)
def test_a_paper_leaves_under_the_ending_of_what_it_is(given: str, kept: str) -> None:
    assert read_paper(upload(b"%PDF-1.4\n<html><script>alert(1)</script>", given)).name == kept


def test_a_broken_paper_is_told_that_pdf_would_do() -> None:
    with pytest.raises(Refusal, match="PDF"):
        read_paper(upload(b"%PDX broken", "a.pdf"))
    assert read_photo(upload(photo(), "灯.heic.png")).name == "灯.heic.jpg"
