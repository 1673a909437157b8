"""Help requests over HTTP: the same actions and the same scope as the pages."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.models import Category, HelpRequest, Outcome, Urgency, VisitFinding
from appointments.requests.actions.intake import register_request
from appointments.requests.actions.steps import acts_as_party
from appointments.requests.step_table import DEEDS, perform
from appointments.workflow import HELP
from community_portal import clock
from community_portal.bookings.models import Booking
from community_portal.casework.models import Source
from community_portal.people.actions import find_or_register
from community_portal.people.models import HOUSE_STAFF, User
from community_portal.people.once import idempotent
from community_portal.places.models import Community
from community_portal.refusals import NotAllowed, Refusal


class MemberOfStaff(serializers.CharField):
    """Colleagues read the user name, which a step takes; a resident the name that his page shows."""

    def to_representation(self, user: Any) -> str:
        return user.username if self.context["request"].user.is_portal_staff else str(user)


class AgreedVisitSerializer(serializers.ModelSerializer):
    officer = MemberOfStaff(source="session.host")

    class Meta:
        model = Booking
        fields = ["id", "state", "starts_at", "ends_at", "officer"]


class HelpRequestSerializer(serializers.ModelSerializer):
    reference = serializers.CharField(source="case.number")
    community = serializers.CharField(source="community.code")
    category = serializers.CharField(source="category.code")
    title = serializers.CharField(source="case.title")
    handler = MemberOfStaff(allow_null=True)
    due_at = serializers.SerializerMethodField(
        help_text="of the present state, for staff; null while it waits for the resident"
    )
    visit = AgreedVisitSerializer(source="planned_visit", allow_null=True, help_text="the time last agreed")
    status = serializers.SerializerMethodField(help_text="what the resident reads")
    steps = serializers.SerializerMethodField(help_text="steps open to the caller now")

    class Meta:
        model = HelpRequest
        fields = [
            "reference", "community", "category", "title", "state", "status", "version", "urgency", "handler", "outcome",
            "satisfaction", "opened_at", "due_at", "promised_at", "closed_at", "visit", "steps",
        ]  # fmt: skip

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_due_at(self, found: HelpRequest) -> str | None:
        """A resident is promised a day; what colleagues owe each other on the way his page does not say."""
        if not self.context["request"].user.is_portal_staff:
            return None
        return serializers.DateTimeField().to_representation(found.limit_now) if found.limit_now else None

    def get_status(self, found: HelpRequest) -> str:
        return str(HELP.states[found.state].plain)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_steps(self, found: HelpRequest) -> list[str]:
        user = self.context["request"].user
        # Staff act by their role; only of a resident it has to be asked whether the matter is his to act in.
        is_party = not user.is_portal_staff and acts_as_party(found, user, at=clock.now())
        return [step.name for step in HELP.open_steps(found, user, is_party=is_party)]


class NewHelpRequestSerializer(serializers.Serializer):
    community = serializers.CharField(max_length=4)
    name = serializers.CharField(max_length=60)
    phone = serializers.CharField(max_length=30)
    category = serializers.SlugField(max_length=30)
    words = serializers.CharField(max_length=20_000)
    urgency = serializers.ChoiceField(choices=Urgency.choices, default=Urgency.NORMAL)


class StepSerializer(serializers.Serializer):
    """What a step may take; which of it counts is the step's business."""

    seen = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="version that the caller saw"
    )
    words = serializers.CharField(max_length=20_000, required=False, allow_blank=True, default="")
    officer = serializers.CharField(required=False, help_text="user name, for assign and hand_over")
    starts_at = serializers.DateTimeField(required=False, default=None, help_text="for plan_visit")
    minutes = serializers.IntegerField(required=False, default=30, help_text="for plan_visit")
    wished = serializers.BooleanField(
        required=False, default=False, help_text="for plan_visit: the resident asked for this time"
    )
    finding = serializers.ChoiceField(choices=VisitFinding.choices, required=False)
    signed_by = serializers.CharField(max_length=50, required=False, default="")
    days = serializers.IntegerField(required=False, default=0)
    outcome = serializers.ChoiceField(choices=Outcome.choices, required=False)
    satisfaction = serializers.IntegerField(required=False, allow_null=True, default=None)


class HelpRequestViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Help requests within one's scope."""

    permission_classes = [IsAuthenticated]
    serializer_class = HelpRequestSerializer
    lookup_field = "case__number"
    lookup_url_kwarg = "reference"
    lookup_value_regex = r"[A-Z]{1,4}-\d{2}-\d+"
    queryset = HelpRequest.objects.none()
    filterset_fields = ["state", "urgency"]

    def get_queryset(self) -> Any:
        rows = HelpRequest.objects.visible_to(self.request.user)
        return rows.select_related(
            "case__resident", "case__asker", "community", "category", "handler", "planned_visit__session__host"
        ).order_by("-id")

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
        if not user.has_role_at(community.pk, *HOUSE_STAFF):  # type: ignore[union-attr]
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

    @extend_schema(request=StepSerializer, responses={200: HelpRequestSerializer})
    @action(detail=True, methods=["post"], url_path=r"(?P<step>[a-z_]+)", url_name="step")
    @idempotent
    def step(self, request: Request, reference: str, step: str) -> Response:
        """Takes a step of the table by its name; 409 when the state has moved on, 404 for a name that is none."""
        found = self.get_object()
        if step not in HELP.by_name:
            raise Http404
        given = StepSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        if "officer" in DEEDS[step][1]:
            data["officer"] = User.objects.filter(username=data.get("officer", ""), is_active=True).first()
            if data["officer"] is None:
                raise Refusal(_("请选本社区的工作人员。"), code="not_an_officer", field="officer")
        perform(found, step, data=data, by=request.user, at=clock.now())  # type: ignore[arg-type]
        return Response(self.get_serializer(found).data)
