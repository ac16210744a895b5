"""The named cast that all tests share: a small city, made without the demonstration data.

温州市公安局 (3303)
├─ 经侦支队 (3303D1)                 何支队: officer of the city's tier
├─ 鹿城区分局 (330302)               钱局: county manager
│  ├─ 五马派出所 (33030201)          王所: station head · 小李, 小张: officers · 老赵 left last year
│  └─ 南门派出所 (33030202)          小孙: officer
└─ 乐清市公安局 (330382)             周局: county manager
   └─ 柳市派出所 (33038201)          小吴: officer
陈局: city manager · 系管, 安管, 审管: the three administrators

正泰 (柳市), 森马 and 五马酒店 (五马), 南门鞋业 (南门); 小李 leads 森马 and 五马酒店, 小孙 南门鞋业, 小吴 正泰
"""

import datetime
import uuid
from types import SimpleNamespace

from django.utils import timezone

from crm.calendar import midnight
from crm.models import Division, Industry, Role, Unit, User
from liaisons.enterprises.services import enterprise_index
from liaisons.models import (
    Assignment,
    Contact,
    Enterprise,
    KeyProject,
    Officer,
    Posting,
)
from liaisons.projects.services import project_index
from visits.models import Campaign, ProblemCategory, ServiceItem, Topic

PASSWORD = "Cast-pass-2026"


def build_cast():
    """Write the cast to the database and return it as a namespace of rows."""
    cast = SimpleNamespace(password=PASSWORD, today=timezone.localdate())
    _dictionaries(cast)
    _units(cast)
    _people(cast)
    _enterprises(cast)
    return cast


def _dictionaries(cast):
    wenzhou = Division(code="330300", name="温州市")
    cast.lucheng = Division(code="330302", name="鹿城区", parent=wenzhou)
    cast.yueqing = Division(code="330382", name="乐清市", parent=wenzhou)
    Division.objects.bulk_create([wenzhou, cast.lucheng, cast.yueqing])
    cast.manufacturing = Industry(code="C", name="制造业", section="C")
    cast.electric = Industry(code="38", name="电气机械和器材制造业", section="C")
    cast.hotels = Industry(code="61", name="住宿业", section="H")
    lodging = Industry(code="H", name="住宿和餐饮业", section="H")
    Industry.objects.bulk_create([cast.manufacturing, cast.electric, cast.hotels, lodging])
    cast.safety = Topic(code="safety", name="安全生产")
    cast.fraud = Topic(code="fraud", name="反诈宣传")
    Topic.objects.bulk_create([cast.safety, cast.fraud])
    cast.advice = ServiceItem.objects.create(code="advice", name="法律咨询")
    cast.traffic = ProblemCategory.objects.create(code="traffic", name="道路交管")
    cast.parking = ProblemCategory.objects.create(
        code="parking", name="停车难", parent=cast.traffic
    )


def _units(cast):
    def unit(name, short, code, kind, parent=None, division=None):
        return Unit.objects.create(
            name=name, short_name=short, code=code, kind=kind, parent=parent, division=division
        )

    cast.city = unit("温州市公安局", "市局", "3303", Unit.Kind.CITY_BUREAU)
    cast.fraud_squad = unit("经侦支队", "经侦支队", "3303D1", Unit.Kind.DEPARTMENT, cast.city)
    cast.county = unit(
        "鹿城区分局", "鹿城分局", "330302", Unit.Kind.COUNTY_BUREAU, cast.city, cast.lucheng
    )
    cast.wuma = unit(
        "五马派出所", "五马所", "33030201", Unit.Kind.STATION, cast.county, cast.lucheng
    )
    cast.nanmen = unit(
        "南门派出所", "南门所", "33030202", Unit.Kind.STATION, cast.county, cast.lucheng
    )
    cast.other_county = unit(
        "乐清市公安局", "乐清市局", "330382", Unit.Kind.COUNTY_BUREAU, cast.city, cast.yueqing
    )
    cast.liushi = unit(
        "柳市派出所", "柳市所", "33038201", Unit.Kind.STATION, cast.other_county, cast.yueqing
    )


def _people(cast):
    """Written by a few statements: nearly every test begins with them."""
    now, long_ago = timezone.now(), cast.today - datetime.timedelta(days=900)
    users, officers = [], []

    def user(number, name, unit, role, **extra):
        row = User(police_number=number, name=name, role=role, unit=unit, **extra)
        row.set_password(PASSWORD)
        row.password_changed_at = now
        users.append(row)
        return row

    def officer(number, name, unit, tier, role=Role.OFFICER, left_on=None, **extra):
        row = user(number, name, unit, role, **extra)
        officers.append(
            Officer(
                user=row, name=name, police_number=number, unit=unit, tier=tier, left_on=left_on
            )
        )
        return row

    tiers = Officer.Tier
    cast.li = officer("0100001", "小李", cast.wuma, tiers.STATION)
    cast.zhang = officer("0100002", "小张", cast.wuma, tiers.STATION)
    cast.sun = officer("0100003", "小孙", cast.nanmen, tiers.STATION)
    cast.wu = officer("0100004", "小吴", cast.liushi, tiers.STATION)
    cast.he = officer("0100005", "何支队", cast.fraud_squad, tiers.CITY)
    left_on = cast.today - datetime.timedelta(days=200)
    cast.zhao = officer(
        "0100006", "老赵", cast.wuma, tiers.STATION, left_on=left_on, is_active=False
    )
    cast.head = officer("0100010", "王所", cast.wuma, tiers.STATION, Role.STATION_HEAD)
    cast.county_manager = officer("0100020", "钱局", cast.county, tiers.COUNTY, Role.COUNTY_MANAGER)
    cast.other_manager = officer(
        "0100021", "周局", cast.other_county, tiers.COUNTY, Role.COUNTY_MANAGER
    )
    cast.city_manager = officer("0100030", "陈局", cast.city, tiers.CITY, Role.CITY_MANAGER)
    for key, number, name in (
        ("system", "0100901", "系管"),
        ("security", "0100902", "安管"),
        ("audit", "0100903", "审管"),
    ):
        setattr(cast, f"{key}_admin", user(number, name, cast.city, f"{key}_admin"))
    User.objects.bulk_create(users)
    for row in officers:
        row.user_id = row.user.pk
    Officer.objects.bulk_create(officers)
    Posting.objects.bulk_create(
        [Posting(officer=row, unit=row.unit, starts_on=long_ago) for row in officers]
    )


def _enterprises(cast):
    long_ago = cast.today - datetime.timedelta(days=400)

    def enterprise(name, code, unit, division, industry, **extra):
        row = Enterprise(
            name=name,
            credit_code=code,
            unit=unit,
            division=division,
            industry=industry,
            waiting_since=long_ago,
            address=f"{division.name}一号路1号",
            **extra,
        )
        # What is unique or exists elsewhere need not be asked for: the database would say so.
        row.full_clean(
            exclude=("unit", "division", "industry"),
            validate_unique=False,
            validate_constraints=False,
        )
        row.save()
        enterprise_index(row)
        return row

    cast.semir = enterprise(
        "温州森马服饰有限公司",
        "91330300MA90000540",
        cast.wuma,
        cast.lucheng,
        cast.manufacturing,
        latitude="28.0",
        longitude="120.65",
    )
    cast.hotel = enterprise(
        "温州五马酒店有限公司", "91330000142944445H", cast.wuma, cast.lucheng, cast.hotels
    )
    cast.shoes = enterprise(
        "温州南门鞋业股份有限公司", None, cast.nanmen, cast.lucheng, cast.manufacturing
    )
    cast.chint = enterprise(
        "乐清正泰电器有限公司", "914403001922038216", cast.liushi, cast.yueqing, cast.electric
    )
    cast.contact = Contact(
        enterprise=cast.semir,
        name="林小红",
        job_title="行政经理",
        work_phone="13800001234",
        is_main=True,
    )
    cast.contact.full_clean()
    cast.contact.save()
    parts = (
        (cast.li, cast.semir, "lead"),
        (cast.li, cast.hotel, "lead"),
        (cast.zhang, cast.semir, "deputy"),
        (cast.sun, cast.shoes, "lead"),
        (cast.wu, cast.chint, "lead"),
    )
    Assignment.objects.bulk_create(
        Assignment(officer=user.officer, enterprise=target, part=part, starts_on=long_ago)
        for user, target, part in parts
    )
    cast.project = KeyProject.objects.create(
        code="ZD-001",
        name="鹿城总部大厦",
        enterprise=cast.semir,
        unit=cast.wuma,
        division=cast.lucheng,
        stage="building",
    )
    project_index(cast.project)
    Assignment.objects.create(officer=cast.li.officer, project=cast.project, starts_on=long_ago)
    cast.campaign = Campaign.objects.create(
        name="企业集中服务月",
        unit=cast.city,
        starts_on=cast.today - datetime.timedelta(days=10),
        ends_on=cast.today + datetime.timedelta(days=20),
    )


def lately():
    """A moment of today that is past: an hour ago, or in the first hour of a day its beginning."""
    now = timezone.now()
    return max(now - datetime.timedelta(hours=1), midnight(timezone.localdate(now)))


def visit_values(cast, enterprise=None, **changes):
    """Values for visit_record: a call at the door of ``enterprise`` (森马) an hour ago."""
    return {
        "enterprise": enterprise or cast.semir,
        "kind": "door",
        "started_at": lately(),
        "notes": "了解企业近期经营情况。",
        **changes,
    }


def record_visit(cast, by, enterprise=None, uid=None, **changes):
    """A visit recorded by ``by`` through the verb, from the form with this ``uid``."""
    from visits.recording.services import visit_record

    visit, _created = visit_record(
        uid=uid or uuid.uuid4(),
        payload=str(changes),
        values=visit_values(cast, enterprise, **changes),
        by=by,
    )
    return visit
