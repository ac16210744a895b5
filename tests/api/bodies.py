"""Bodies of creates that the cast's people may send."""

import datetime
import uuid

from django.utils import timezone


def body_for(noun, cast):
    """``(who may, a full body)`` for a create of ``noun`` (the address below /api/v1/)."""
    today = timezone.localdate()
    who, values = {
        "enterprises": (
            cast.head,
            {
                "name": "温州新星电子有限公司",
                "credit_code": " 9133 0300 ma2f00000r ",
                "unit": cast.wuma.code,
                "industry": "38",
                "division": cast.lucheng.code,
                "capital": "1200000.50",
                "capital_currency": "CNY",
                "above_scale": True,
            },
        ),
        "contacts": (
            cast.li,
            {
                "enterprise": cast.semir.uid,
                "name": "陈大明",
                "work_phone": "13912345678",
                "job_title": "安全主管",
            },
        ),
        "key-projects": (
            cast.county_manager,
            {
                "code": "ZD-777",
                "name": "江滨综合体",
                "enterprise": cast.semir.uid,
                "unit": cast.wuma.code,
                "stage": "land",
            },
        ),
        "assignments": (
            cast.head,
            {
                "officer": cast.zhang.officer.uid,
                "enterprise": cast.hotel.uid,
                "part": "deputy",
                "starts_on": today,
            },
        ),
        "visits": (
            cast.li,
            {
                "enterprise": cast.semir.uid,
                "kind": "door",
                "started_at": timezone.now() - datetime.timedelta(hours=1),
                "topics": ["safety", "fraud"],
                "services": ["advice"],
                "companions": [cast.zhang.officer.uid],
                "contact": cast.contact.uid,
                "campaign": cast.campaign.uid,
                "project": cast.project.uid,
                "notes": "了解生产经营情况。",
                "problems": [
                    {"title": "门口停车难", "category": "parking"},
                    {"title": "咨询落户", "solved_on_spot": True},
                ],
            },
        ),
        "problems": (
            cast.li,
            {
                "enterprise": cast.semir.uid,
                "title": "夜间照明不足",
                "category": "traffic",
                "urgency": "urgent",
            },
        ),
        "common-causes": (
            cast.county_manager,
            {
                "title": "门口停车难",
                "description": "多家企业反映。",
                "lead_unit": cast.county.code,
                "lead_officer": cast.head.officer.uid,
            },
        ),
        "campaigns": (
            cast.county_manager,
            {
                "name": "护航开工",
                "unit": cast.county.code,
                "starts_on": today,
                "ends_on": today + datetime.timedelta(days=30),
            },
        ),
    }[noun]
    return who, {"uid": uuid.uuid4(), **values}


#: noun → one change of a row of it
CHANGES = {
    "enterprises": {"employees": 120},
    "contacts": {"job_title": "总经理"},
    "key-projects": {"stage": "building"},
    "visits": {"notes": "补充：已回访。"},
    "problems": {"title": "夜间照明不足，影响出入"},
    "common-causes": {"title": "园区周边停车难"},
    "campaigns": {"name": "护航开工月"},
}
WRITTEN = (*CHANGES, "assignments")
