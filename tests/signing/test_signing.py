"""Signatures: under exactly what was shown, by whom it needs, never changed, stale when the content changes."""

import base64
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.casework.uploads import ReadFile, read_signature
from community_portal.refusals import Refusal
from community_portal.signing.actions import (
    Signer,
    canonical,
    hash_of,
    must_be_signed,
    sign,
    signings_of,
    valid_signings,
)
from community_portal.signing.forgetting import forget_signings
from community_portal.signing.models import OWN_WILL, Signing
from tests.cast import Cast
from tests.factories import make_category

PLAN = {"lines": [{"item": "扶手", "price": Decimal("180.50"), "qty": 2}], "subsidy": "361.00"}


def drawn(*, empty: bool = False) -> ReadFile:
    """A signature as the page sends it."""
    image = Image.new("RGBA", (800, 300), (0, 0, 0, 0))
    if not empty:
        ImageDraw.Draw(image).line((50, 50, 700, 250), fill=(40, 30, 30, 255), width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    read = read_signature(f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}")
    assert read
    return read


@pytest.fixture
def matter(cast: Cast) -> HelpRequest:
    return register_request(
        community=cast.home,
        category=make_category(),
        words="装扶手",
        resident=cast.elder,
        by=cast.reception,
        at=clock.now(),
    )


def put(matter: HelpRequest, relation: str = "self", content: Any = PLAN, **over: Any) -> Signing:
    values: dict[str, Any] = {
        "document": "plan", "content": content, "signer": Signer("陈平", relation), "means": "finger", "by": None,
        "at": clock.now(), "authority": "role:receptionist", "signature": drawn(), "needs_own_will": relation in OWN_WILL,
    }  # fmt: skip
    return sign(matter, **values | over)


@pytest.mark.django_db
def test_what_was_signed_is_kept_and_counts(matter: HelpRequest) -> None:
    row = put(matter)
    assert row.content["lines"][0]["price"] == "180.50" and row.attachment
    must_be_signed(matter, "plan", PLAN, relations=OWN_WILL)
    assert matter.case.events.filter(kind="signed").count() == 1


@pytest.mark.django_db
def test_another_line_makes_it_stale_and_it_stays_readable(matter: HelpRequest) -> None:
    put(matter)
    changed = PLAN | {"subsidy": "361.01"}
    with pytest.raises(Refusal) as refusal:
        must_be_signed(matter, "plan", changed, relations=OWN_WILL)
    assert refusal.value.code == "stale_signature"
    assert valid_signings(matter, "plan", changed) == [] and len(signings_of(matter, "plan")) == 1
    put(matter, content=changed)
    must_be_signed(matter, "plan", changed, relations=OWN_WILL)


@pytest.mark.django_db
def test_changed_between_seeing_and_signing(matter: HelpRequest) -> None:
    with pytest.raises(Refusal) as refusal:
        put(matter, content=PLAN | {"subsidy": "1.00"}, seen_hash=hash_of(PLAN))
    assert refusal.value.code == "content_changed"


@pytest.mark.django_db
@pytest.mark.parametrize("signature", [None, drawn(empty=True)])
def test_an_empty_canvas_is_no_signature(matter: HelpRequest, signature: ReadFile | None) -> None:
    with pytest.raises(Refusal) as refusal:
        put(matter, signature=signature)
    assert (refusal.value.code, refusal.value.field) == ("no_signature", "signature")
    assert not Signing.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("relation", ["spouse", "child", "relative", "street", "community", "third_party", "other"])
def test_nobody_gives_anothers_will(matter: HelpRequest, relation: str) -> None:
    with pytest.raises(Refusal):
        put(matter, relation, needs_own_will=True)
    with pytest.raises(Refusal) as refusal:
        must_be_signed(matter, "plan", PLAN, relations=OWN_WILL)
    assert refusal.value.code == "not_signed"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", " ", "\u200b", "123"])
def test_a_signature_has_a_name(matter: HelpRequest, name: str) -> None:
    with pytest.raises(Refusal):
        put(matter, signer=Signer(name, "self"))


@pytest.mark.django_db
def test_the_database_lets_nobody_sign_anothers_will_and_nothing_change(matter: HelpRequest) -> None:
    put(matter, "child", needs_own_will=False)
    for statement, error in (
        ("UPDATE signing_signing SET signer_name = '别人'", InternalError),
        ("DELETE FROM signing_signing", InternalError),
        (
            "INSERT INTO signing_signing (case_id, flow, matter_id, part, document, content, content_sha256, signer_name, relation,"
            " needs_own_will, means, at) SELECT case_id, flow, matter_id, part, document, content, content_sha256, signer_name,"
            " 'child', true, 'link', at FROM signing_signing",
            IntegrityError,
        ),
        (
            "INSERT INTO signing_signing (case_id, flow, matter_id, part, document, content, content_sha256, signer_name, relation,"
            " needs_own_will, means, at) SELECT case_id, flow, matter_id, part, document, content, content_sha256, signer_name,"
            " 'self', true, 'finger', at FROM signing_signing",
            IntegrityError,
        ),
    ):
        with pytest.raises(error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
def test_who_is_forgotten_stands_under_nothing(matter: HelpRequest, cast: Cast) -> None:
    put(matter)
    forget_signings([cast.elder.pk])
    row = Signing.objects.get()
    assert row.signer_name != "陈平" and row.content == {}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(content=st.dictionaries(st.text(), values, max_size=5))
def test_the_order_of_keys_makes_no_difference(content: dict[str, Any]) -> None:
    turned = dict(reversed(list(content.items())))
    assert canonical(content) == canonical(turned) and hash_of(content) == hash_of(turned)


@given(one=values, other=values)
def test_different_content_has_different_hashes(one: Any, other: Any) -> None:
    assert (canonical(one) == canonical(other)) == (hash_of(one) == hash_of(other))
