"""The demonstration's common causes: a few matters that several enterprises have brought forward,
one of them solved.
"""

from django.db.models import Max

from crm.models import Unit, User
from liaisons.models import Officer
from visits.demo import places
from visits.demo.chance import Chance
from visits.demo.logins import CITY_MANAGER, COUNTY_MANAGER
from visits.models import CauseMember, CauseStep, CommonCause, Problem, ProblemStep

FEWEST, MOST = 2, 9
WHY = "反映的是同一类问题，合并研判、统一答复。"

#: Categories of the second level · whether only in the demonstration's county · department that leads
#: · days ago · title · description · where it is solved: what was done, and the answer.
MATTERS = (
    (
        ("停车难", "货车通行", "门口交通秩序", "信号灯与标线"),
        False,
        "交通警察支队",
        2,
        "工业园区周边停车与货车通行难",
        "多个园区的企业集中反映员工停车、货车通行和门口秩序问题，个案处理治标不治本，需由交警牵头会同属地统一规划。",
        "",
        "",
    ),
    (
        ("侵犯知识产权", "商业秘密"),
        True,
        "经侦大队",
        1,
        "网上仿冒本地品牌产品",
        "几家企业的产品被网店仿冒，疑为同一批货源，宜并案核查。",
        "",
        "",
    ),
    (
        ("货款风险", "合同诈骗"),
        True,
        "经侦大队",
        1,
        "冒充大额客户骗取货物",
        "近期有人以新客户身份下大额订单后失联，手法相近，先统一预警，再逐家核实。",
        "",
        "",
    ),
    (
        ("护照与签注", "外籍员工"),
        False,
        "出入境管理局",
        2,
        "企业出国（境）证件集中办理",
        "参展旺季多家企业急需办理护照、签注和外籍员工居留许可，窗口排队时间长。",
        "已在出入境窗口开通企业绿色通道，周二、周四下午集中受理，并向各派出所下发办理指南。",
        "出入境窗口已开通企业绿色通道，每周二、周四下午可集中办理，材料清单请向联系民警索取。",
    ),
)


def make_causes(city) -> int:
    """Write the common causes.

    Returns how many there are (none in a city with too few problems).
    """
    chance, made = Chance("causes"), 0
    for matter in MATTERS:
        made += _make(city, chance.uid(), *matter)
    return made


def _make(
    city, uid, categories, in_county, department, days, title, description, solution, reply
) -> int:
    at = city.ago(days, 9, 30)
    problems = _alike(categories, in_county, at)
    within = f"/{places.CITY_CODE}/{places.DEMO_COUNTY}/" if in_county else f"/{places.CITY_CODE}/"
    unit = (
        Unit.objects.filter(path__startswith=within, name__endswith=department)
        .order_by("level", "pk")
        .first()
    )
    if len(problems) < FEWEST or unit is None:
        return 0
    founder = User.objects.select_related("unit").get(
        police_number=COUNTY_MANAGER if in_county else CITY_MANAGER
    )
    cause = CommonCause.objects.create(
        uid=uid,
        title=title,
        description=description,
        lead_unit=unit,
        created_by=founder,
        founded_on=at.date(),
        lead_officer=Officer.objects.filter(unit=unit, left_on__isnull=True).order_by("pk").first(),
        member_count=len(problems),
        state=CommonCause.State.SOLVED if reply else CommonCause.State.OPEN,
        solution=solution,
        reply=reply,
        solved_on=at.date() if reply else None,
    )
    _join(cause, problems, founder, at)
    if reply:
        CauseStep.objects.create(
            cause=cause, verb="solve", at=at.replace(hour=16), by=founder, unit=founder.unit
        )
    return 1


def _alike(categories, in_county, at) -> list[Problem]:
    """The newest open problems of these categories that nothing was done with since ``at``."""
    within = {"dispatch_unit__path__contains": f"/{places.DEMO_COUNTY}/"} if in_county else {}
    problems = Problem.objects.filter(
        ended_on__isnull=True, category__name__in=categories, membership__isnull=True, **within
    )
    idle = problems.annotate(last=Max("steps__at")).filter(last__lt=at)
    return list(idle.order_by("-reported_on", "pk")[:MOST])


def _join(cause, problems, by, at) -> None:
    CauseMember.objects.bulk_create(
        CauseMember(cause=cause, problem=p, joined_by=by, joined_at=at, why=WHY) for p in problems
    )
    CauseStep.objects.create(cause=cause, verb="found", at=at, by=by, unit=by.unit)
    CauseStep.objects.bulk_create(
        CauseStep(cause=cause, verb="join", at=at, by=by, unit=by.unit, problem=problem, why=WHY)
        for problem in problems
    )
    last = dict(
        ProblemStep.objects.filter(problem__in=problems)
        .order_by()
        .values_list("problem")
        .annotate(last=Max("position"))
    )
    ProblemStep.objects.bulk_create(
        ProblemStep(
            problem=problem,
            position=last[problem.pk] + 1,
            verb="join_cause",
            old_state=problem.state,
            new_state=problem.state,
            at=at,
            by=by,
            unit=by.unit,
            why=f"“{cause.title}”\n{WHY}",
            due_at=problem.due_at,
        )
        for problem in problems
    )
