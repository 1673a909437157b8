"""Matters over HTTP: the same actions and the same scope as the pages.

RepairViewSet = viewset_of(Repair, "place")

A service that tells more than fields of its own, or takes new ones in over HTTP, writes a ``MatterSerializer``
and a ``MatterViewSet`` of its own.
"""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from community_portal import clock
from community_portal.bookings.models import Booking
from community_portal.casework.flow import Step
from community_portal.casework.models import Commission, Matter
from community_portal.casework.queries import told_elsewhere
from community_portal.matters.actions.steps import acts_as_party
from community_portal.matters.deeds import perform
from community_portal.matters.forms.fields import ColleagueField, SignatureField
from community_portal.matters.kinds import MatterKind, kind_of
from community_portal.people.models import User
from community_portal.people.once import idempotent
from community_portal.refusals import Refusal


def works_somewhere(user: Any) -> bool:
    """At a place, whose matters they then read as staff; not for a third party, nor as the resident concerned."""
    return bool(user.is_superuser or user.community_ids)


class MemberOfStaff(serializers.CharField):
    """Colleagues read the user name, which a step takes; a resident the name that their page shows."""

    def to_representation(self, user: Any) -> str:
        return user.username if works_somewhere(self.context["request"].user) else str(user)


class AgreedVisitSerializer(serializers.ModelSerializer[Booking]):
    officer = MemberOfStaff(source="session.host")

    class Meta:
        model = Booking
        fields: ClassVar[list[str]] = ["id", "state", "starts_at", "ends_at", "officer"]


class MissingPartSerializer(serializers.Serializer[Any]):
    """What a step still waits for."""

    step = serializers.CharField()
    sentence = serializers.CharField()
    url = serializers.CharField()


class MatterSerializer(serializers.ModelSerializer[Any]):
    """What is told of any matter."""

    reference = serializers.CharField(source="case.number")
    community = serializers.CharField(source="community.code")
    title = serializers.SerializerMethodField(help_text="the kind of matter, where the subject is another's")
    handler = MemberOfStaff(allow_null=True)
    due_at = serializers.SerializerMethodField(
        help_text="of the present state, for staff; null while it waits for the resident"
    )
    status = serializers.SerializerMethodField(help_text="what the resident reads")
    steps = serializers.SerializerMethodField(help_text="steps open to the caller now")
    missing = serializers.SerializerMethodField(help_text="what further steps still wait for")

    class Meta:
        fields: ClassVar[list[str]] = [
            "reference", "community", "title", "state", "status", "version", "handler", "opened_at", "due_at",
            "promised_at", "closed_at", "steps", "missing",
        ]  # fmt: skip

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_due_at(self, found: Matter) -> str | None:
        """A resident is promised a day; what colleagues owe each other on the way their page does not say."""
        if not self._is_worked_on(found):
            return None
        return serializers.DateTimeField().to_representation(found.limit_now) if found.limit_now else None

    def _is_worked_on(self, found: Matter) -> bool:
        """By the caller: at its place, or in an organisation that was given it."""
        return works_somewhere(self.context["request"].user) or found.pk in self._given

    @cached_property
    def _given(self) -> set[int]:
        """Asked once for all rows."""
        user = self.context["request"].user
        if not user.organisation_posts:
            return set()
        of_this = Commission.objects.held_by(user).filter(flow=self.Meta.model.flow.name)  # type: ignore[attr-defined]
        return set(of_this.values_list("matter_id", flat=True))

    def get_title(self, found: Matter) -> str:
        return str(found.flow.label) if found.case_id in self._untold else found.case.title

    @cached_property
    def _untold(self) -> set[int]:
        """Asked once for all rows."""
        is_list = isinstance(self.parent, serializers.ListSerializer)
        rows: Any = self.parent.instance if is_list else [self.instance]
        return told_elsewhere((row.case for row in rows), self.context["request"].user)

    def get_status(self, found: Matter) -> str:
        return str(found.spec.plain)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_steps(self, found: Matter) -> list[str]:
        return [step.name for step in self._open_steps(found) if not step.missing_parts(found)]

    @extend_schema_field(MissingPartSerializer(many=True))
    def get_missing(self, found: Matter) -> list[dict[str, str]]:
        return [
            {"step": step.name, "sentence": str(part.sentence), "url": part.url}
            for step in self._open_steps(found)
            for part in step.missing_parts(found)
        ]

    def _open_steps(self, found: Matter) -> list[Step]:
        user = self.context["request"].user
        # Staff act by their role; only of a resident it has to be asked whether the matter is theirs to act in.
        if not hasattr(found, "_open_to_caller"):
            is_party = not self._is_worked_on(found) and acts_as_party(found, user, at=clock.now())
            found._open_to_caller = found.flow.open_steps(found, user, is_party=is_party)  # type: ignore[attr-defined]
        return found._open_to_caller  # type: ignore[attr-defined, no-any-return]


class StepSerializer(serializers.Serializer[Any]):
    """What a step may take; which of it counts is the step's business."""

    seen = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="version that the caller saw"
    )
    words = serializers.CharField(max_length=20_000, required=False, allow_blank=True, default="")


def steps_serializer(kind: MatterKind) -> type[StepSerializer]:
    """What the steps of this kind take over HTTP: the fields of their forms that its deeds name, but for files."""
    users: dict[str, list[str]] = {}
    fields: dict[str, serializers.Field[Any, Any, Any, Any]] = {}
    for deed in kind.deeds:
        for name in deed.fields:
            field = deed.form.base_fields[name] if deed.form else forms.CharField()
            if not isinstance(field, forms.FileField | SignatureField):
                users.setdefault(name, []).append(deed.step)
                fields[name] = _over_http(field, f"for {', '.join(users[name])}")
    return type(f"{kind.model.__name__}StepSerializer", (StepSerializer,), fields)


def _over_http(field: Any, told: str) -> Any:
    """The field of a serializer that takes what this field of a form takes; None when it is not given."""
    given: dict[str, Any] = {"required": False, "allow_null": True, "default": None, "help_text": told}
    if isinstance(field, ColleagueField):
        return serializers.CharField(**given | {"help_text": f"user name, {told}"})
    if isinstance(field, forms.ModelChoiceField):
        return serializers.PrimaryKeyRelatedField(queryset=field.queryset, **given)
    if isinstance(field, forms.BooleanField):
        return serializers.BooleanField(required=False, default=False, help_text=told)
    for of_form, of_api in _SAME.items():
        if isinstance(field, of_form):
            return of_api(**given)
    if isinstance(field, forms.IntegerField) or getattr(field, "coerce", None) is int:
        return serializers.IntegerField(**given)
    if isinstance(field, forms.ChoiceField):
        return serializers.ChoiceField(choices=list(field.choices), **given)  # type: ignore[arg-type]
    return serializers.CharField(max_length=getattr(field, "max_length", None), **given | {"allow_blank": True})


_SAME: dict[type[forms.Field], Any] = {
    forms.DateTimeField: serializers.DateTimeField,
    forms.DateField: serializers.DateField,
    forms.DecimalField: partial(serializers.DecimalField, max_digits=10, decimal_places=2),
    forms.FloatField: serializers.FloatField,
    forms.JSONField: serializers.JSONField,
}


class MatterViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """Matters within one's scope. A service says which, by ``serializer_class``; the steps are those of its table."""

    permission_classes = [IsAuthenticated]
    lookup_field = "case__number"
    lookup_url_kwarg = "reference"
    lookup_value_regex = r"[A-Z]{1,4}-\d{2}-\d+"
    filterset_fields: ClassVar[list[str]] = ["state"]
    model: ClassVar[type[Matter]]
    step_serializer: ClassVar[type[StepSerializer]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.model = cls.serializer_class.Meta.model  # type: ignore[union-attr]
        cls.queryset = cls.model.objects.none()
        cls.step_serializer = steps_serializer(kind_of(cls.model))
        told = extend_schema(request=cls.step_serializer, responses={200: cls.serializer_class})
        extend_schema_view(step=told)(cls)

    def get_queryset(self) -> Any:
        rows = kind_of(self.model).read().visible_to(self.request.user)
        return rows.select_related("case__asker", "community").order_by("-id")

    def brought(self, request: Request, step: str) -> dict[str, Any]:
        """What comes as files with a step; nothing, unless a service takes them."""
        return {}

    @action(detail=True, methods=["post"], url_path=r"(?P<step>[a-z_]+)", url_name="step")
    @idempotent
    def step(self, request: Request, reference: str, step: str) -> Response:
        """Takes a step of the table by its name; 409 when the state has moved on, 404 for a name that is none."""
        found = self.get_object()
        if step not in found.flow.by_name:
            raise Http404
        given = self.step_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = {**given.validated_data, **_named(kind_of(self.model), step, given.validated_data)}
        data |= self.brought(request, step)
        perform(found, step, data=data, by=request.user, at=clock.now())  # type: ignore[arg-type]
        return Response(self.get_serializer(found).data)


def viewset_of(model: type[Matter], *fields: str) -> type[MatterViewSet]:
    """The view set of a kind that tells these ``fields`` beside what is told of any matter."""
    told = {"model": model, "fields": [*MatterSerializer.Meta.fields, *fields]}
    meta = type("Meta", (MatterSerializer.Meta,), told)
    serializer = type(f"{model.__name__}Serializer", (MatterSerializer,), {"Meta": meta})
    return type(f"{model.__name__}ViewSet", (MatterViewSet,), {"serializer_class": serializer})


def _named(kind: MatterKind, step: str, data: dict[str, Any]) -> dict[str, User]:
    """The colleagues that a step names, by their user names. Raises Refusal for one that nobody has."""
    deed = kind.by_step[step]
    fields = [name for name in deed.fields if deed.form and isinstance(deed.form.base_fields[name], ColleagueField)]
    found = {name: User.objects.filter(username=data.get(name) or "", is_active=True).first() for name in fields}
    for name, user in found.items():
        if user is None:
            raise Refusal(_("请选本社区的工作人员。"), code="not_an_officer", field=name)
    return found  # type: ignore[return-value]
