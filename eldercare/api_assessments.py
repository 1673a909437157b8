"""Assessments over HTTP: begin one, answer some of its items, sign it; the same deeds as the pages."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from community_portal import clock
from community_portal.casework.uploads import read_signature
from community_portal.people.actions import note_view, note_views
from community_portal.people.models import Look, User
from community_portal.people.once import idempotent
from community_portal.refusals import Refusal
from community_portal.signing.models import Relation
from eldercare.ability import ITEMS, Cause
from eldercare.actions import assessments as deeds
from eldercare.models import SIGNERS, Adaptation, Assessment, ElderProfile, Reason


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """What is known of it; ``missing`` are the items that nobody has answered."""

    reference = serializers.CharField(source="case.number", allow_null=True, help_text="of the case")
    resident = serializers.IntegerField(source="resident_id")
    assessor_1 = serializers.CharField(source="assessor_1.username")
    assessor_2 = serializers.CharField(source="assessor_2.username", allow_null=True)
    answers = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField()

    class Meta:
        model = Assessment
        fields: ClassVar[list[str]] = [
            "id", "reference", "resident", "reason", "on", "place", "assessor_1", "assessor_2", "standard_version",
            "answers", "missing", "total", "of_dimensions", "level_initial", "level_final", "change_code", "change_why",
            "valid_until", "signed_at", "version",
        ]  # fmt: skip

    def get_answers(self, found: Assessment) -> dict[str, int]:
        return {row.item: row.score for row in found.answers.all()}

    def get_missing(self, found: Assessment) -> list[str]:
        answered = {row.item for row in found.answers.all()}
        return [item.code for item in ITEMS if item.code not in answered]


class NewAssessmentSerializer(serializers.Serializer[Any]):
    """For an adaptation by its number, or for an elder of one's place by the number of their file."""

    adaptation = serializers.CharField(required=False, max_length=20)
    resident = serializers.IntegerField(required=False, min_value=1)
    reason = serializers.ChoiceField(choices=Reason.choices, default=Reason.FIRST)
    place = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    on = serializers.DateField(required=False, allow_null=True, default=None)
    informant = serializers.CharField(max_length=50, required=False, default="", allow_blank=True)
    informant_relation = serializers.ChoiceField(choices=Relation.choices, required=False, default="")
    assessor_2 = serializers.CharField(max_length=150, required=False, default="", help_text="user name")


class AnswersSerializer(serializers.Serializer[Any]):
    answers = serializers.DictField(child=serializers.IntegerField(), help_text="item: points")


class SigningSerializer(serializers.Serializer[Any]):
    """Three PNGs as data URLs, under the points that were on the screen."""

    assessor_1 = serializers.CharField(max_length=600_000)
    assessor_2 = serializers.CharField(max_length=600_000)
    informant = serializers.CharField(max_length=600_000)
    change_code = serializers.ChoiceField(choices=Cause.choices, required=False, default="")
    change_why = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    seen = serializers.IntegerField(required=False, allow_null=True, default=None)
    seen_total = serializers.IntegerField(required=False, allow_null=True, default=None)


class AssessmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Assessment]):
    """Assessments that one may read; each look is kept."""

    permission_classes = [IsAuthenticated]
    serializer_class = AssessmentSerializer
    queryset = Assessment.objects.none()
    lookup_value_regex = r"\d{1,18}"
    filterset_fields: ClassVar[list[str]] = ["resident", "level_final"]

    def get_queryset(self) -> Any:
        rows = Assessment.objects.visible_to(self.request.user)
        return (
            rows.select_related("case", "resident", "assessor_1", "assessor_2")
            .prefetch_related("answers")
            .order_by("-id")
        )

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        shown = [found.resident_id for found in page or []]
        note_views(by=self._user, residents=shown, what=Look.ASSESSMENT, why="API", at=clock.now())
        return page

    def get_object(self) -> Assessment:
        found = super().get_object()
        why = found.case.number if found.case else "API"
        note_view(by=self._user, resident=found.resident, what=Look.ASSESSMENT, why=why, at=clock.now())
        return found

    @property
    def _user(self) -> User:
        return self.request.user  # type: ignore[return-value]

    @extend_schema(request=NewAssessmentSerializer, responses={201: AssessmentSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Begins one; 409 while another of this elder is not signed."""
        given = NewAssessmentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        matter, resident = self._about(data.pop("adaptation", ""), data.pop("resident", None))
        other = data.pop("assessor_2")
        colleague = User.objects.filter(username=other, is_active=True).first() if other else None
        if other and colleague is None:
            sentence = _("第二位评估员要是养老专员，或评估机构的同事。")
            raise Refusal(sentence, code="not_an_assessor", field="assessor_2")
        made = deeds.open_assessment(
            resident, adaptation=matter, assessor_2=colleague, by=self._user, at=clock.now(), **data
        )
        return Response(self.get_serializer(self.get_queryset().get(pk=made.pk)).data, status=201)

    def _about(self, number: str, pk: int | None) -> tuple[Adaptation | None, Any]:
        if number:
            rows = Adaptation.objects.visible_to(self._user).select_related("case", "resident__community")
            matter = get_object_or_404(rows, case__number=number)
            return matter, matter.resident
        elders = ElderProfile.objects.visible_to(self._user).select_related("resident__community")
        return None, get_object_or_404(elders, resident=pk).resident

    @extend_schema(request=AnswersSerializer, responses={200: AssessmentSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def answers(self, request: Request, pk: str) -> Response:
        """Some or all of the 26; what was answered before is replaced."""
        found = self.get_object()
        given = AnswersSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        deeds.answer_items(found, given.validated_data["answers"], by=self._user, at=clock.now())
        return self._shown(found)

    @extend_schema(request=SigningSerializer, responses={200: AssessmentSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def sign(self, request: Request, pk: str) -> Response:
        """Closes it with the three signatures; 422 says what is missing."""
        found = self.get_object()
        given = SigningSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        files = [deeds.Signature(part, read_signature(data[part], field=part)) for part in SIGNERS]
        deeds.close_assessment(
            found,
            signatures=files,
            cause=data["change_code"],
            why=data["change_why"],
            seen=data["seen"],
            seen_total=data["seen_total"],
            by=self._user,
            at=clock.now(),
        )
        return self._shown(found)

    def _shown(self, found: Assessment) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=found.pk)).data)
