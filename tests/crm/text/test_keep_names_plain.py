"""A name holds nothing that no eye sees, whichever way it comes.

What belongs to a rare ideograph stays.
"""

import uuid

import pytest
from django.apps import apps
from django.urls import reverse

from api.models import ApiToken
from crm.models import Job, User
from crm.text.fields import EncryptedNameField, NameField
from crm.text.words import plain_name, squeeze
from liaisons.models import Contact, Enterprise
from liaisons.models.enterprises import blind_index
from tests.crm.org.test_keep_accounts import NEW, shown_password
from visits.models import Problem

#: 温州 + directional, zero-width, tag, soft and control characters + 电子
HIDDEN = (
    "\u202e",
    "\u202d",
    "\u2066",
    "\u2069",
    "\u200e",
    "\u200f",
    "\u061c",
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\xad",
    "\u180e",
    "\u034f",
    "\u3164",
    "\uffa0",
    "\u115f",
    "\u2800",
    "\U000e0041",
    "\U000e007f",
    "\x01",
    "\x1b",
    "\x7f",
    "\x9f",
    "\ufff9",
    "\ud800",
    "\x00",
)
NASTY = "\u202e温州\u200b新星\ufeff电子\u2066有限公司\U000e0041"
PLAIN = "温州新星电子有限公司"


@pytest.mark.parametrize("sign", HIDDEN, ids=ascii)
def test_what_no_eye_sees_is_taken_out(sign):
    assert plain_name(f"{sign}温州{sign}电子{sign}{sign}") == "温州电子"
    assert squeeze(f"温州{sign}电子") == "温州电子"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("葛\U000e0100城", "葛\U000e0100城"),  # an ideographic variation sequence
        ("﨑\ufe00", "﨑\ufe00"),  # a standardised variant
        ("\U000e0100葛\U000e0100\U000e0101城", "葛\U000e0100城"),
        ("A\ufe00B \ufe0f", "AB"),
        (
            "\ue000\U00020bb7\U0003106c",
            "\ue000\U00020bb7\U0003106c",
        ),  # private use, rare ideographs
        ("  温州\t\n电子\u2028公司 ", "温州 电子 公司"),
        ("a b-c（d）’", "a b-c（d）’"),
        ("", ""),
    ],
)
def test_what_is_seen_stays(text, kept):
    assert plain_name(text) == kept


def test_a_rare_form_of_an_ideograph_is_found_by_the_common_one():
    assert squeeze("葛\U000e0100城") == "葛城"


#: Names of columns that hold what people read as a name.
NOT_TYPED = {"crm.NightlyRun.name"}
NAMES = {"name", "title", "short_name", "file_name", "actor_name", "job_title", "police_number"}


def test_every_name_of_the_house_is_such_a_field():
    fields = [
        field
        for app in ("crm", "liaisons", "visits", "api")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if field.name in NAMES
    ]
    assert len(fields) > 30
    others = {
        str(field) for field in fields if not isinstance(field, (NameField, EncryptedNameField))
    }
    assert others == NOT_TYPED


@pytest.mark.django_db
def test_forms_take_them_out(cast, as_user):
    sent = {
        "uid": uuid.uuid4(),
        "name": NASTY,
        "unit": cast.wuma.pk,
        "division": cast.lucheng.pk,
        "status": "active",
    }
    answer = as_user(cast.head).post(reverse("enterprise_create"), sent)
    assert answer.status_code == 302, answer.content.decode()
    row = Enterprise.objects.get(name=PLAIN)
    assert row.core_name == "温州新星电子"
    shown_password(
        as_user(cast.system_admin).post(
            reverse("account_create"), NEW | {"name": "新\u200b来", "police_number": "02\u2060001"}
        )
    )
    assert User.objects.get(police_number="02001").name == "新来"
    refused = as_user(cast.system_admin).post(
        reverse("account_create"), NEW | {"name": "\u200b\u2060"}
    )
    assert refused.status_code == 422 and "name" in refused.context["form"].errors


@pytest.mark.django_db
def test_the_api_takes_them_out(cast, client):
    asked = {"police_number": "0100001", "password": cast.password, "name": "大\u202e屏", "days": 1}
    issued = client.post("/api/v1/tokens/", asked, content_type="application/json").json()
    assert ApiToken.objects.get().name == issued["name"] == "大屏"
    headers = {"authorization": f"Bearer {issued['token']}"}

    def post(address, **body):
        return client.post(
            f"/api/v1/{address}/",
            {"uid": str(uuid.uuid4()), **body},
            content_type="application/json",
            headers=headers,
        )

    answer = post(
        "problems", enterprise=str(cast.semir.uid), title="\u202e停\u200b车难", urgency="normal"
    )
    assert (
        answer.status_code == 201
        and answer.json()["title"] == Problem.objects.get().title == "停车难"
    )
    assert (
        post(
            "contacts",
            enterprise=str(cast.semir.uid),
            name="陈\u2066大明",
            work_phone="13912345678",
        ).status_code
        == 201
    )
    contact = Contact.objects.latest("pk")
    assert contact.name == "陈大明" and contact.name_index == blind_index("陈大明")
    assert post("problems", enterprise=str(cast.semir.uid), title="\u200b\u200b").status_code == 422


@pytest.mark.django_db
def test_commands_and_bulk_writers_take_them_out(cast):
    Job.objects.bulk_create([Job(kind="x", owner=cast.li, title=NASTY, uid=uuid.uuid4())])
    assert Job.objects.get().title == PLAIN
    Enterprise.objects.filter(pk=cast.semir.pk).update(name=NASTY)
    assert Enterprise.objects.get(name=NASTY).name == PLAIN  # asked for by the same name, too
    kept = Job(kind="y", owner=cast.li, title=NASTY)
    kept.save()
    assert kept.title == PLAIN
