"""Hazards over HTTP: reported with or without a name, looked up by the code, taken through the steps of their table, with photos."""

from typing import Any

from allauth.core import ratelimit
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from community_portal import clock
from community_portal.casework.models import Source
from community_portal.casework.uploads import read_photos, read_signature
from community_portal.front.report_views import new_code
from community_portal.matters.api import MatterSerializer, MatterViewSet
from community_portal.matters.forms.fields import MOST_PHOTOS
from community_portal.people.models import User
from community_portal.people.once import idempotent
from community_portal.places.models import Building, Community
from community_portal.refusals import Refusal
from safety.actions.hazards import open_hazard
from safety.models import Hazard, HazardKind, HazardPhoto, HazardSource, Level, Premises


class PhotoSerializer(serializers.ModelSerializer[HazardPhoto]):
    file = serializers.IntegerField(source="attachment_id", help_text="key of the file")

    class Meta:
        model = HazardPhoto
        fields = ["side", "round", "taken_at", "no_time", "sha256", "file"]


class HazardSerializer(MatterSerializer):
    premises = serializers.CharField(source="premises.name", allow_null=True, default=None)
    organisation = serializers.CharField(source="organisation.name", allow_null=True, default=None)
    transferred_to = serializers.CharField(source="transferred_to.name", allow_null=True, default=None)
    photos = PhotoSerializer(many=True, read_only=True)

    class Meta(MatterSerializer.Meta):
        model = Hazard
        fields = [
            *MatterSerializer.Meta.fields, "kind", "level", "source", "premises", "place", "clause", "times_here",
            "organisation", "due_on", "cost", "paid_by", "interim", "fixed_on_spot", "rectified", "rectified_at",
            "reopened_count", "extension_count", "transferred_to", "photos",
        ]  # fmt: skip


class NewHazardSerializer(serializers.Serializer[Any]):
    """``community`` by its code; ``photos`` come as files of a form."""

    community = serializers.SlugRelatedField(slug_field="code", queryset=Community.objects.select_related("street"))
    kind = serializers.ChoiceField(HazardKind.choices)
    level = serializers.ChoiceField(Level.choices, required=False, allow_blank=True, default="")
    premises = serializers.PrimaryKeyRelatedField(
        queryset=Premises.objects.select_related("community", "building__estate", "grid"),
        required=False,
        allow_null=True,
        default=None,
    )
    building = serializers.PrimaryKeyRelatedField(
        queryset=Building.objects.select_related("estate"), required=False, allow_null=True, default=None
    )
    place = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    words = serializers.CharField(max_length=20_000, required=False, allow_blank=True, default="")
    anonymous = serializers.BooleanField(required=False, default=False)


class ReportedSerializer(serializers.Serializer[Any]):
    """What whoever left no name keeps: number and code open the look-up."""

    reference = serializers.CharField()
    code = serializers.CharField()


class HazardViewSet(MatterViewSet):
    """Hazards within one's scope."""

    serializer_class = HazardSerializer

    def get_permissions(self) -> list[Any]:
        return [AllowAny()] if self.action == "create" else [IsAuthenticated()]

    def get_queryset(self) -> Any:
        """Of many at once the photos are read together; of one that a step has just changed anew."""
        rows = super().get_queryset()
        return rows.prefetch_related("photos") if self.action == "list" else rows

    @extend_schema(request=NewHazardSerializer, responses={201: HazardSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """A hazard that somebody found. Without a name the answer is a number and a code, and nothing else."""
        given = NewHazardSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data, user = dict(given.validated_data), _who(request)
        nameless = data.pop("anonymous") or user is None
        code = new_code() if nameless else ""
        _must_not_flood(request)
        made = open_hazard(
            place_text=data.pop("place"),
            photos=_photos(request),
            at=clock.now(),
            told=Source.API,
            code=code,
            **_by(user, data["community"], nameless=nameless),
            **data,
        )
        if nameless:
            return Response({"reference": made.case.number, "code": code}, status=201)
        return Response(self.get_serializer(made).data, status=201)

    def brought(self, request: Request, step: str) -> dict[str, Any]:
        told: Any = request.data if isinstance(request.data, dict) else {}
        return {"photos": _photos(request), "signature": read_signature(str(told.get("signature") or ""))}


def _who(request: Request) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _must_not_flood(request: Request) -> None:
    if not ratelimit.consume(request, action="report"):
        raise Refusal(_("从这里报得太多了，请过一会儿再报。"), code="too_many", status=429)


def _by(user: User | None, community: Community, *, nameless: bool) -> dict[str, Any]:
    """Of somebody without a name not even who was signed in; else a resident for themselves, staff by their post, a company."""
    if nameless or user is None:
        return {"by": None, "source": HazardSource.RESIDENT}
    if user.is_superuser or community.pk in user.community_ids:
        return {"by": user, "source": HazardSource.STAFF}
    if user.organisation_posts:
        return {"by": user, "source": HazardSource.PROPERTY}
    reporter = user.resident.present_file if user.resident else None
    return {"by": user, "source": HazardSource.RESIDENT, "reporter": reporter}


def _photos(request: Request) -> list[Any]:
    uploads = request.FILES.getlist("photos")
    if len(uploads) > MOST_PHOTOS:
        raise Refusal(_("一次最多 6 张照片。"), code="too_many_photos", field="photos")
    return read_photos(uploads) if uploads else []
