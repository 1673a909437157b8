"""Home adaptations over HTTP: what is theirs beyond what is of any matter (matters/api.py)."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from community_portal import clock
from community_portal.casework.models import Case, Source
from community_portal.matters.api import MatterSerializer, MatterViewSet, works_somewhere
from community_portal.people.models import Resident
from community_portal.people.once import idempotent
from community_portal.refusals import NotAllowed
from eldercare.actions.applications import apply_for, say_yes
from eldercare.models import Adaptation, Hazard, Tenure


class AdaptationSerializer(MatterSerializer):
    programme = serializers.CharField(source="programme.name")
    contractor = serializers.CharField(source="contractor.name", allow_null=True)

    class Meta(MatterSerializer.Meta):
        model = Adaptation
        fields = [
            *MatterSerializer.Meta.fields, "programme", "contractor", "cap", "subsidy", "self_pay", "notice_until",
            "submitted_at", "accepted_at",
        ]  # fmt: skip


class NewAdaptationSerializer(serializers.Serializer):
    resident = serializers.IntegerField(help_text="number of the file")
    request = serializers.CharField(
        max_length=20, required=False, default="", help_text="number of a case of theirs that it grows out of"
    )
    needs = serializers.CharField(max_length=20_000, required=False, default="", allow_blank=True)
    difficulties = serializers.ListField(child=serializers.ChoiceField(Hazard.choices), required=False, default=list)
    tenure = serializers.ChoiceField(Tenure.choices, required=False, default="", allow_blank=True)
    will_be_demolished = serializers.BooleanField(allow_null=True, required=False, default=None)
    is_unsafe = serializers.BooleanField(allow_null=True, required=False, default=None)
    is_possible = serializers.BooleanField(allow_null=True, required=False, default=None)
    other_programme = serializers.BooleanField(allow_null=True, required=False, default=None)
    works_begun = serializers.BooleanField(allow_null=True, required=False, default=None)
    wants = serializers.BooleanField(required=False, default=False, help_text="the elder said so")


class AdaptationViewSet(MatterViewSet):
    """Home adaptations within one's scope."""

    serializer_class = AdaptationSerializer

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("papers", "case__home_surveys__findings")

    @extend_schema(request=NewAdaptationSerializer, responses={201: AdaptationSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Opens a draft for a resident of one's place; ``missing`` says what it needs before it is submitted."""
        given = NewAdaptationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data, at = dict(given.validated_data), clock.now()
        if not works_somewhere(request.user):
            raise NotAllowed(_("改造由社区登记申请。"))
        number, wants = data.pop("request"), data.pop("wants")
        resident = get_object_or_404(Resident.objects.visible_to(request.user), pk=data.pop("resident"))
        case = get_object_or_404(Case.objects.visible_to(request.user), number=number) if number else None
        made = apply_for(resident, case=case, source=Source.API, words=data["needs"], by=request.user, at=at, **data)  # type: ignore[arg-type]
        if wants:
            say_yes(made, by=request.user, at=at)  # type: ignore[arg-type]
        return Response(self.get_serializer(made).data, status=201)
