"""Who is told of a common cause: who leads it, and who handles the problems that are joined.

Never who did it.
"""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.notices.people import People
from crm.notices.services import Kind, kinds, notice_for, subjects, tell
from visits.models import CauseMember, CommonCause, Problem
from visits.models.problems import State

subjects.add(CommonCause)
kinds.add(
    Kind("cause.led", _("You lead a common cause"), "affiliate"),
    Kind("cause.joined", _("Joined to a common cause"), "git-merge"),
    Kind("cause.grown", _("A problem was joined to your common cause"), "git-merge"),
    Kind("cause.left", _("Taken out of a common cause"), "git-branch-deleted"),
    Kind("cause.solved", _("Common cause solved: answer the joined problems"), "message-check"),
    Kind("cause.reopened", _("Common cause reopened"), "refresh"),
)


def tell_led(cause, *, by) -> None:
    """Tell who leads the cause that it is theirs now."""
    key = f"cause:{cause.uid}:led:{cause.version}"
    tell(
        _about_cause(cause, person, "cause.led", key)
        for person in _leaders(cause)
        if person != by.pk
    )


def tell_joined(cause, problems, *, by, grown) -> None:
    """Tell the handlers of the problems and, where the cause has ``grown``, who leads it."""
    newest = (
        CauseMember.objects.filter(cause=cause).order_by("-pk").values_list("pk", flat=True).first()
    )
    notices = [
        _about_problem(
            cause, problem, person, "cause.joined", f"cause:{cause.uid}:join:{newest}:{problem.pk}"
        )
        for person, problem in _handlers(problems)
        if person != by.pk
    ]
    if grown:
        key = f"cause:{cause.uid}:grown:{newest}"
        notices += [
            _about_cause(cause, person, "cause.grown", key)
            for person in _leaders(cause)
            if person != by.pk
        ]
    tell(notices)


def tell_left(cause, problem, *, by) -> None:
    """Tell a problem's handlers that it stands for itself again."""
    key = f"cause:{cause.uid}:left:{problem.uid}:{problem.version}"
    tell(
        _about_problem(cause, problem, person, "cause.left", key)
        for person, _one in _handlers([problem])
        if person != by.pk
    )


def tell_solved(cause, step, *, by) -> None:
    """Tell the handlers of the joined problems that are not answered yet.

    Each of them once, whatever they handle.
    """
    problems = Problem.objects.filter(membership__cause=cause, state__in=State.LATE_POSSIBLE)
    people = {
        person
        for person, _problem in _handlers(problems.select_related("dispatch_unit", "lead_unit"))
    }
    path = reverse("cause_answers", args=[cause.uid])
    tell(
        _about_cause(cause, person, "cause.solved", f"cause:{cause.uid}:step:{step.pk}", path)
        for person in sorted(people | set(_leaders(cause)))
        if person != by.pk
    )


def tell_reopened(cause, step, *, by) -> None:
    """Tell who leads the cause that the matter has come back."""
    key = f"cause:{cause.uid}:step:{step.pk}"
    tell(
        _about_cause(cause, person, "cause.reopened", key)
        for person in _leaders(cause)
        if person != by.pk
    )


def _leaders(cause) -> list | list[int]:
    """The lead officer, else who answers for the lead unit."""
    if cause.lead_officer_id is not None:
        return [cause.lead_officer_id]
    return People({cause.lead_unit}).managing(cause.lead_unit)


def _handlers(problems) -> Iterator[tuple]:
    """``(person, problem)`` of whoever handles each: its handler, else who answers for the unit
    that has it now.
    """
    problems = list(problems)
    units = {
        problem.lead_unit or problem.dispatch_unit
        for problem in problems
        if problem.handler_id is None
    } - {None}
    people = People(units)
    for problem in problems:
        unit = problem.lead_unit or problem.dispatch_unit
        persons = (
            [problem.handler_id]
            if problem.handler_id is not None
            else people.managing(unit)
            if unit is not None
            else []
        )
        yield from ((person, problem) for person in persons)


def _about_cause(cause, person, kind, key, path=None) -> Any:
    return notice_for(
        person,
        kind,
        cause.title,
        path or reverse("cause_detail", args=[cause.uid]),
        key=key,
        about=cause,
    )


def _about_problem(cause, problem, person, kind, key) -> Any:
    title = f"{problem.title} · {cause.title}"
    return notice_for(
        person, kind, title, reverse("problem_detail", args=[problem.uid]), key=key, about=problem
    )
