"""The key projects, and the campaigns of the year."""

import calendar
import datetime
from decimal import Decimal

from crm.db.bulk import Table
from liaisons.models import KeyProject
from visits.demo import places
from visits.demo.chance import Chance, Wheel, shares
from visits.demo.trades import TRADES
from visits.demo.units import bare
from visits.models import Campaign

STAGES = Wheel(
    (
        ("preparation", 14),
        ("land", 16),
        ("building", 44),
        ("acceptance", 12),
        ("finished", 10),
        ("paused", 4),
    )
)
#: What is built in a town, with the number that tells namesakes apart: "" or a stage of
#: construction.
_WORKS = (
    "智能制造产业园",
    "小微企业创业园",
    "标准厂房",
    "城中村改造安置房",
    "污水处理厂扩建工程",
    "江堤加固工程",
    "人民医院迁建工程",
    "实验小学新建工程",
    "文化中心",
    "综合交通枢纽",
    "港区进港公路",
    "220千伏输变电工程",
    "110千伏输变电工程",
    "农贸市场改造提升",
    "河道综合整治工程",
    "冷链物流园",
    "滨江景观带",
    "未来社区",
    "城市快速路",
    "跨江大桥",
    "数据中心",
    "新能源汽车零部件基地",
    "高端装备生产基地",
    "海塘安澜工程",
    "职业技术学校扩建",
    "供水管网改造",
    "垃圾焚烧发电扩容",
    "市民公园",
    "养老服务中心",
    "光伏发电项目",
)
_PHASES = ("", "", "", "一期", "二期", "三期")
_BUILDERS = frozenset({"building", "estate", "hydro", "tourism"})


def make_projects(city) -> int:
    """Write the key projects over the counties; returns their number."""
    chance, table = Chance("projects"), Table(KeyProject)
    names = set()
    by_county = shares(city.sizes.projects, [county.weight + 25 for county in places.COUNTIES])
    for index, county in enumerate(places.COUNTIES):
        local = [enterprise for enterprise in city.enterprises if enterprise.unit.county == index]
        makers = [
            enterprise for enterprise in local if TRADES[enterprise.trade].makes_things
        ] or local
        builders = [enterprise for enterprise in local if enterprise.trade in _BUILDERS] or local
        for _one in range(by_county[index] if local else 0):
            works = chance.pick(_WORKS)
            own = "产业园" in works or "基地" in works or "厂房" in works
            enterprise = chance.pick(makers if own else builders)
            _project(
                city,
                table,
                chance,
                county,
                enterprise,
                _name(chance, names, county, enterprise, works),
            )
    return table.close()


def _name(chance, names, county, enterprise, works) -> str:
    while True:
        name = f"{county.place}{bare(enterprise.unit.place)}{works}{chance.pick(_PHASES)}"
        if name not in names:
            names.add(name)
            return name
        works = chance.pick(_WORKS)


def _project(city, table, chance, county, enterprise, name) -> None:
    stage = STAGES.pick(chance)
    starts_on = city.today - datetime.timedelta(
        days=chance.between(30, 1200) if stage != "preparation" else -chance.between(20, 300)
    )
    due_on = starts_on + datetime.timedelta(days=chance.between(400, 1500))
    if stage == "finished":
        due_on = city.today - datetime.timedelta(days=chance.between(1, 25))
    moment = city.ago(394, 9, chance.below(60))
    number = len(city.projects) + 1
    key = table.add(
        uid=chance.uid(),
        created_at=moment,
        updated_at=moment,
        code=f"WZ{city.today.year}-{number:03}",
        name=name,
        enterprise_id=enterprise.key,
        unit_id=enterprise.unit.key,
        division_id=county.division,
        stage=stage,
        investment=Decimal(chance.between(12, 480) * 250),
        address=f"温州市{county.place}{enterprise.unit.place}",
        starts_on=starts_on,
        due_on=due_on,
    )
    enterprise.project = key
    city.projects.append((key, enterprise))


def make_campaigns(city) -> int:
    """Write the year's campaigns.

    The month of concentrated service is the one before last; returns their number.
    """
    chance, table = Chance("campaigns"), Table(Campaign)
    first, last = _month_before(city.today, 5)
    demo = city.demo_station.county
    plans = [
        (f"{first.year}年企业集中服务月", city.root, None, first, last),
        ("开工复产护航专项走访", city.root, None, *_month_before(city.today, 9)),
        (
            "岁末年初安商护企走访",
            city.root,
            None,
            city.today - datetime.timedelta(20),
            city.today + datetime.timedelta(25),
        ),
        ("电气产业链服务周", city.bureaux[demo], demo, *_weeks(city.today, 90, 10)),
        ("汽摩配企业反诈护航行动", city.bureaux[9], 9, *_weeks(city.today, 150, 18)),
        ("鞋服企业节前用工服务", city.bureaux[0], 0, *_weeks(city.today, 210, 14)),
    ]
    for name, unit, county, starts_on, ends_on in plans:
        moment = city.ago((city.today - starts_on).days + 6)
        key = table.add(
            uid=chance.uid(),
            created_at=moment,
            updated_at=moment,
            name=name,
            unit_id=unit.key,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        city.campaigns.append((key, county, starts_on, ends_on))
    return table.close()


def _month_before(today, months) -> tuple[datetime.date, datetime.date]:
    """The first and last day of the month so many months before ``today``'s."""
    count = today.year * 12 + today.month - 1 - months
    year, month = count // 12, count % 12 + 1
    return datetime.date(year, month, 1), datetime.date(
        year, month, calendar.monthrange(year, month)[1]
    )


def _weeks(today, days_ago, length) -> tuple:
    starts_on = today - datetime.timedelta(days_ago)
    return starts_on, starts_on + datetime.timedelta(length - 1)
