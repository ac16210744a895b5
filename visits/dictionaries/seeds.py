"""The dictionaries that a visit is described with, as a new city starts with them.

They are a beginning: the system administrator adds, renames and retires entries afterwards, and
running a seed again adds what is missing and touches nothing that stands.
"""

from typing import Any

from django.db import transaction

from crm import seeds as national
from visits.models import HandlingLimit, ProblemCategory, ServiceItem, Topic
from visits.models.limits import DEFAULTS

TOPICS = (
    ("production", "生产经营情况"),
    ("guarding", "内部安全防范"),
    ("fraud", "反诈宣传"),
    ("labour", "用工与流动人口"),
    ("disputes", "矛盾纠纷化解"),
    ("contracts", "合同与货款纠纷"),
    ("precursors", "易制毒与危险化学品"),
    ("traffic", "道路交通"),
    ("network", "网络与数据安全"),
    ("brands", "知识产权保护"),
    ("finance", "非法集资风险提示"),
    ("policy", "惠企政策解读"),
    ("papers", "户籍与出入境"),
    ("project", "重点工程保障"),
)
SERVICES = (
    ("residence", "居住证上门办理"),
    ("exit_entry", "出入境证件办理指导"),
    ("vehicles", "车驾管业务代办"),
    ("temporary_plates", "临时行驶车号牌办理"),
    ("seals", "印章刻制备案指导"),
    ("fraud_talk", "反诈讲座"),
    ("fraud_app", "国家反诈中心App安装指导"),
    ("guard_advice", "安防设施建议"),
    ("guard_training", "保安员培训"),
    ("law_advice", "法律咨询"),
    ("mediation", "纠纷调解"),
    ("no_record", "无犯罪记录证明代办"),
    ("precursor_filing", "易制毒化学品备案指导"),
    ("network_grading", "网络安全等级保护指导"),
    ("policy_pack", "惠企政策资料送达"),
    ("traffic_plan", "货车通行证办理指导"),
)
#: (code, name, police matter, the second level)
CATEGORIES = (
    (
        "cases",
        "涉企案件",
        True,
        ("合同诈骗", "职务侵占", "强迫交易", "恶意阻工", "暴力讨债", "侵犯知识产权", "盗窃"),
    ),
    ("stability", "内部稳定", True, ("劳资纠纷", "工伤赔付", "员工矛盾", "股东纠纷")),
    ("safety", "安全生产", True, ("危险化学品管理", "仓储安全", "施工安全")),
    ("order", "治安防范", True, ("厂区安防", "周边治安", "保安力量", "视频监控")),
    ("services", "惠企服务", True, ("上门服务", "证明开具", "联系渠道")),
    ("approvals", "公安审批", True, ("特种行业许可", "印章备案", "大型活动", "爆破作业")),
    ("traffic", "道路交管", True, ("货车通行", "门口交通秩序", "停车难", "信号灯与标线")),
    ("law", "法律宣传", True, ("法律咨询", "普法讲座", "合规指导")),
    ("risks", "风险防控", True, ("非法集资", "货款风险", "商业秘密")),
    ("residence", "户籍出入境", True, ("居住证", "落户", "护照与签注", "外籍员工")),
    ("vehicles", "车驾管", True, ("车辆上牌", "驾驶证", "车辆年检")),
    ("fraud", "反诈", True, ("电信网络诈骗", "账户冻结", "反诈培训")),
    ("precursors", "禁毒易制毒", True, ("购买备案", "运输备案", "库存管理")),
    ("resources", "生产要素", False, ("用地", "用电用水", "融资", "招工")),
    ("policies", "政策扶持", False, ("税费优惠", "补贴兑现", "人才政策")),
    ("permits", "审批服务", False, ("工程审批", "证照办理", "环评手续")),
    ("industry", "产业发展", False, ("技术改造", "市场开拓", "产业链配套")),
    ("environment", "安全环保", False, ("消防整改", "污水排放", "废弃物处置")),
    ("other", "其他", False, ("员工子女入学", "公共交通", "其他")),
)


def seed_topics() -> int:
    """What was talked about; returns how many there are."""
    return _add(Topic, TOPICS)


def seed_services() -> int:
    """The services given on the spot; returns how many there are."""
    return _add(ServiceItem, SERVICES)


def _add(model, words) -> Any:
    model.objects.bulk_create(
        [
            model(code=code, name=name, position=10 * place)
            for place, (code, name) in enumerate(words, 1)
        ],
        ignore_conflicts=True,
    )
    return model.objects.count()


def seed_categories() -> int:
    """What a problem is about, in two levels.

    A code of the second level is its parent's with a number.
    """
    ProblemCategory.objects.bulk_create(
        [
            ProblemCategory(code=code, name=name, is_police_matter=police, position=10 * place)
            for place, (code, name, police, _below) in enumerate(CATEGORIES, 1)
        ],
        ignore_conflicts=True,
    )
    parents = dict(ProblemCategory.objects.filter(parent=None).values_list("code", "pk"))
    ProblemCategory.objects.bulk_create(
        [
            ProblemCategory(
                code=f"{code}-{number}",
                name=name,
                is_police_matter=police,
                position=10 * place + number,
                parent_id=parents[code],
            )
            for place, (code, _name, police, below) in enumerate(CATEGORIES, 1)
            for number, name in enumerate(below, 1)
        ],
        ignore_conflicts=True,
    )
    return ProblemCategory.objects.count()


def seed_limits() -> int:
    """How long problems may take, by urgency: what the code takes too where there is no row."""
    HandlingLimit.objects.bulk_create(
        [HandlingLimit(urgency=urgency, amount=days) for urgency, days in DEFAULTS.items()],
        ignore_conflicts=True,
    )
    return HandlingLimit.objects.count()


#: What a new city starts with, in this order; the names are the nouns' own.
STEPS = (
    ("divisions", national.seed_divisions),
    ("industries", national.seed_industries),
    ("calendar days", national.seed_calendar),
    ("topics", seed_topics),
    ("services", seed_services),
    ("problem categories", seed_categories),
    ("limits for problems", seed_limits),
)


def load_dictionaries(report=lambda name, count: None) -> None:
    """Fill the code tables and dictionaries; ``report(name, count)`` is called after each.

    May be run again.
    """
    with transaction.atomic():
        for name, seed in STEPS:
            report(name, seed())
