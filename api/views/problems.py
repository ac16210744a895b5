"""Problems of enterprises."""

from django.utils.translation import gettext as _
from rest_framework.decorators import action

from api.base import Changes, Creates, NounViewSet
from api.schema import answers
from api.serializers.problems import ProblemSerializer, StepSerializer, WaySerializer
from crm.errors import Conflict, Invalid
from visits.filters import ProblemFilterSet
from visits.transitions.problems import problem_change, problem_register
from visits.transitions.travel import TABLE, possible_steps, take_step


class ProblemViewSet(Creates, Changes, NounViewSet):
    """The problems one reported, of one's units, in their hands, and of the enterprises one is assigned to."""

    serializer_class = ProblemSerializer
    filterset = ProblemFilterSet
    orderings = {"reported_on": ("reported_on",), "due_on": ("due_on",)}
    default_ordering = "-reported_on"
    create_verb = staticmethod(problem_register)
    change_verb = staticmethod(problem_change)
    rights = {**NounViewSet.rights, "take": "change"}

    @answers(None, WaySerializer)
    @action(detail=True, methods=["get"])
    def steps(self, request, uid):
        """The steps that were taken, the first one first, and what the asker may do next."""
        problem = self.row({"uid": uid}, "view")
        rows = problem.steps.order_by("position").values(
            "position", "verb", "old_state", "new_state", "at", "by__name", "unit__code", "to_unit__code", "why", "due_at"
        )
        steps = [
            {**row, "by": row.pop("by__name"), "unit": row.pop("unit__code"), "to_unit": row.pop("to_unit__code")} for row in rows
        ]
        return self.respond({"steps": steps, "possible": [step.name for step in possible_steps(problem, request.user)]})

    @answers(StepSerializer, ProblemSerializer, version=True)
    @steps.mapping.post
    def take(self, request, uid):
        """Take one step, from the version that was read; 409 when the problem is elsewhere by now."""
        problem = self.row({"uid": uid}, "view")
        values = self.taken(StepSerializer, request.data)
        if unknown := set(request.data) - set(StepSerializer().fields):
            raise Invalid(errors={name: [_("There is no field of this name.")] for name in sorted(unknown)})
        version, row, why = self.version_of(values), TABLE[values.pop("verb")], values.pop("why", "")
        require_fields(row, values)
        if version != problem.version:
            raise Conflict()
        take_step(row, problem=problem, by=request.user, why=why, **values)
        return self.answer(uid)


def require_fields(row, values):
    """Invalid where a step lacks a field that it needs, or was given one that it does not know."""
    lacking = {name: [_("This step needs it.")] for name in row.fields if name not in values and name != "helpers"}
    extra = {name: [_("This step does not take it.")] for name in values if name not in row.fields}
    if errors := lacking | extra:
        raise Invalid(errors=errors)
