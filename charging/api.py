"""Places and wires over HTTP: what is theirs beyond what is of any matter (matters/api.py)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from charging.actions.wires import report_wire
from charging.models import Cause, Danger, Site, WireReport
from community_portal import clock
from community_portal.casework.models import Source
from community_portal.matters.api import MatterSerializer, MatterViewSet
from community_portal.people.once import idempotent
from community_portal.places.models import Building, Estate
from community_portal.refusals import NotAllowed


class SiteSerializer(MatterSerializer):
    estate = serializers.CharField(source="estate.name")
    round = serializers.SerializerMethodField(help_text="its number")
    replaces = serializers.SerializerMethodField(help_text="the place that was given up for it")
    contractor = serializers.SerializerMethodField()

    class Meta(MatterSerializer.Meta):
        model = Site
        fields = [
            *MatterSerializer.Meta.fields, "estate", "name", "kind", "area", "planned_ports", "approved_ports", "round",
            "replaces", "contractor", "rejected_code", "rejected_plain", "notice_from", "notice_until", "in_service_on",
        ]  # fmt: skip

    def get_round(self, site: Site) -> int | None:
        return site.round.number if site.round else None

    def get_replaces(self, site: Site) -> str | None:
        return site.replaces.case.number if site.replaces else None

    def get_contractor(self, site: Site) -> str | None:
        return site.contractor.name if site.contractor else None


class SiteLineSerializer(SiteSerializer):
    """A site among others: what may be done with it, and what that still misses, is asked of one alone."""

    class Meta(SiteSerializer.Meta):
        fields = [name for name in SiteSerializer.Meta.fields if name not in ("steps", "missing")]


class SiteViewSet(MatterViewSet):
    """Charging sites within one's scope."""

    serializer_class = SiteSerializer

    def get_serializer_class(self) -> Any:
        return SiteLineSerializer if self.action == "list" else SiteSerializer

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("replaced_by")


class WireSerializer(MatterSerializer):
    estate = serializers.CharField(source="estate.name")

    class Meta(MatterSerializer.Meta):
        model = WireReport
        fields = [
            *MatterSerializer.Meta.fields, "estate", "unit", "floor", "place", "cause", "dangers", "is_urgent", "weight",
            "outcome",
        ]  # fmt: skip


class NewWireSerializer(serializers.Serializer[Any]):
    estate = serializers.PrimaryKeyRelatedField(queryset=Estate.objects.all())
    building = serializers.PrimaryKeyRelatedField(
        queryset=Building.objects.all(), required=False, allow_null=True, default=None
    )
    unit = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    floor = serializers.IntegerField(required=False, allow_null=True, default=None)
    place = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    cause = serializers.ChoiceField(Cause.choices, required=False, allow_blank=True, default="")
    dangers = serializers.ListField(child=serializers.ChoiceField(Danger.choices), required=False, default=list)
    words = serializers.CharField(max_length=20_000, required=False, allow_blank=True, default="")


class WireViewSet(MatterViewSet):
    """Reports of wires within one's scope."""

    serializer_class = WireSerializer

    @extend_schema(request=NewWireSerializer, responses={201: WireSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """A report written down by staff, or made by a resident for themselves."""
        given = NewWireSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = report_wire(source=Source.API, at=clock.now(), **_who(request), **given.validated_data)
        return Response(self.get_serializer(made).data, status=201)


def _who(request: Request) -> dict[str, Any]:
    user: Any = request.user
    if user.community_ids or user.is_superuser:
        return {"by": user}
    if user.resident is None:
        raise NotAllowed(_("先登录，再报。"))
    return {"by": user, "asker": user.resident}
