"""Help requests over HTTP: what is theirs beyond what is of any matter (matters/api.py)."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.models import Category, HelpRequest, Urgency
from appointments.requests.actions.intake import register_request
from appointments.workflow import HELP
from community_portal import clock
from community_portal.casework.flow import may_open
from community_portal.casework.models import Source
from community_portal.matters.api import AgreedVisitSerializer, MatterSerializer, MatterViewSet
from community_portal.people.actions import find_or_register
from community_portal.people.once import idempotent
from community_portal.places.models import Community
from community_portal.refusals import NotAllowed, Refusal


class HelpRequestSerializer(MatterSerializer):
    category = serializers.CharField(source="category.code")
    visit = AgreedVisitSerializer(source="planned_visit", allow_null=True, help_text="the time last agreed")

    class Meta(MatterSerializer.Meta):
        model = HelpRequest
        fields = [*MatterSerializer.Meta.fields, "category", "urgency", "outcome", "satisfaction", "visit"]


class NewHelpRequestSerializer(serializers.Serializer):
    community = serializers.CharField(max_length=4)
    name = serializers.CharField(max_length=60)
    phone = serializers.CharField(max_length=30)
    category = serializers.SlugField(max_length=30)
    words = serializers.CharField(max_length=20_000)
    urgency = serializers.ChoiceField(choices=Urgency.choices, default=Urgency.NORMAL)


class HelpRequestViewSet(MatterViewSet):
    """Help requests within one's scope."""

    serializer_class = HelpRequestSerializer
    filterset_fields = ["state", "urgency"]

    @extend_schema(request=NewHelpRequestSerializer, responses={201: HelpRequestSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Takes a request in for the resident of this name and phone; staff of the community only, 404 for others."""
        given = NewHelpRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data, user, at = given.validated_data, request.user, clock.now()
        community = get_object_or_404(Community, code=data["community"], is_active=True)
        if not (user.is_superuser or community.pk in user.community_ids):  # type: ignore[union-attr]
            raise Http404
        if not may_open(HELP, user, community):
            raise NotAllowed(_("求助由社区登记。"))
        category = Category.objects.filter(code=data["category"], is_active=True).first()
        if category is None:
            raise Refusal(_("没有这个类别。"), code="bad_category", field="category")
        resident = find_or_register(community=community, name=data["name"], phone=data["phone"], by=user, at=at)  # type: ignore[arg-type]
        taken = register_request(
            community=community,
            category=category,
            words=data["words"],
            resident=resident,
            by=user,  # type: ignore[arg-type]
            at=at,
            source=Source.API,
            urgency=data["urgency"],
        )
        return Response(self.get_serializer(taken).data, status=201)
