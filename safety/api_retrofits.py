"""Retrofits over HTTP: read, opened in an estate of one's own, and taken through the steps of their table."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from community_portal import clock
from community_portal.matters.api import MatterSerializer, MatterViewSet
from community_portal.people.once import idempotent
from community_portal.places.models import Building, Estate
from safety.actions.retrofits import open_retrofit
from safety.models import Contribution, Retrofit, RetrofitCheck, RetrofitMeasure, RetrofitZone


class ZoneSerializer(serializers.ModelSerializer[RetrofitZone]):
    class Meta:
        model = RetrofitZone
        fields = ["number", "bikes", "divided_by", "metres", "has_sprinkler"]


class MeasureSerializer(serializers.ModelSerializer[RetrofitMeasure]):
    class Meta:
        model = RetrofitMeasure
        fields = ["kind", "words", "done_on"]


class ContributionSerializer(serializers.ModelSerializer[Contribution]):
    class Meta:
        model = Contribution
        fields = ["role", "name", "gives", "words", "amount"]


class CheckSerializer(serializers.ModelSerializer[RetrofitCheck]):
    class Meta:
        model = RetrofitCheck
        fields = ["round", "after_days", "due_on", "done_on", "passed", "tested", "working", "words"]


class RetrofitSerializer(MatterSerializer):
    estate = serializers.CharField(source="estate.name")
    zones = ZoneSerializer(many=True, read_only=True)
    measures = MeasureSerializer(many=True, read_only=True)
    contributions = ContributionSerializer(many=True, read_only=True)
    checks = CheckSerializer(many=True, read_only=True)

    class Meta(MatterSerializer.Meta):
        model = Retrofit
        fields = [
            *MatterSerializer.Meta.fields, "estate", "place", "asked", "answered", "reported", "started_on", "accepted_on",
            "days", "round", "next_check_on", "zones", "measures", "contributions", "checks",
        ]  # fmt: skip


class NewRetrofitSerializer(serializers.Serializer[Any]):
    estate = serializers.PrimaryKeyRelatedField(queryset=Estate.objects.select_related("community__street"))
    building = serializers.PrimaryKeyRelatedField(
        queryset=Building.objects.select_related("grid"), required=False, allow_null=True, default=None
    )
    place = serializers.CharField(max_length=60)
    words = serializers.CharField(max_length=20_000)


class RetrofitViewSet(MatterViewSet):
    """Retrofits within one's scope: of the staff at their places, of a property company in the estates that it manages."""

    serializer_class = RetrofitSerializer

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("zones", "measures", "contributions", "checks")

    @extend_schema(request=NewRetrofitSerializer, responses={201: RetrofitSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        given = NewRetrofitSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = open_retrofit(**given.validated_data, by=request.user, at=clock.now())  # type: ignore[arg-type]
        return Response(self.get_serializer(self.get_queryset().get(pk=made.pk)).data, status=201)
