"""Problems that have come some of their way, taken there by the verbs."""

import uuid

from crm.models import Notice
from visits.transitions import handling
from visits.transitions.problems import problem_register


def registered(cast, title="门口停车难", by=None, **values):
    """A problem of 森马, reported by 小李."""
    values = {"enterprise": cast.semir, "title": title, **values}
    problem, _created = problem_register(uid=uuid.uuid4(), payload=title, values=values, by=by or cast.li)
    return problem


def unheard(cast, title="门口停车难"):
    """A registered problem that nobody has been told of yet."""
    problem = registered(cast, title)
    Notice.objects.filter(object_uid=problem.uid).delete()
    return problem


def assigned(cast, title="门口停车难", *, unit=None, helpers=(), **values):
    """Accepted by 王所 and given to a unit (五马所) by 钱局."""
    problem = handling.problem_accept(problem=registered(cast, title, **values), by=cast.head)
    return handling.problem_assign(problem=problem, by=cast.county_manager, unit=unit or cast.wuma, helpers=helpers)


def in_hand(cast, title="门口停车难", **more):
    """Acknowledged by 小李, its handler, and begun."""
    problem = handling.problem_acknowledge(problem=assigned(cast, title, **more), by=cast.li)
    return handling.problem_start(problem=problem, by=cast.li)


def answered(cast, title="门口停车难", **more):
    return handling.problem_answer(problem=in_hand(cast, title, **more), by=cast.li, result="已协调划线。", reply="已办理。")


def following_up(cast, title="门口停车难", **more):
    """Reviewed and approved by 王所: the enterprise is waited for."""
    problem = handling.problem_review(problem=answered(cast, title, **more), by=cast.head)
    return handling.problem_approve(problem=problem, by=cast.head)
