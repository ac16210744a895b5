"""An officer records a visit: once, whole, and nothing typed is lost."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import AuditEvent, OutboxEvent, User
from tests.cast import record_visit
from tests.orders import with_worker
from tests.pictures import jpeg_with_position
from visits.models import Photo, Problem, Visit, VisitDraft

pytestmark = pytest.mark.django_db


def form_values(uid=None, **changes):
    """What a browser sends for a visit with two problems."""
    return {
        "uid": str(uid or uuid.uuid4()),
        "kind": "door",
        "started_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "notes": "企业反映门口停车难。",
        "problem-TOTAL_FORMS": "2",
        "problem-INITIAL_FORMS": "0",
        "problem-0-title": "门口停车难",
        "problem-0-urgency": "normal",
        "problem-1-title": "员工宿舍盗窃",
        "problem-1-urgency": "urgent",
        "problem-1-solved_on_spot": "on",
        **changes,
    }


@pytest.fixture
def address(cast):
    return reverse("visit_create", args=[cast.semir.uid])


def test_a_visit_is_recorded_with_its_problems_and_topics(cast, as_user, address):
    sent = form_values(topics=[cast.safety.pk], companions=[cast.zhang.pk], problem="")
    answer = as_user(cast.li).post(address, sent)
    visit = Visit.objects.get()
    assert answer.status_code == 302 and answer["Location"] == reverse(
        "visit_detail", args=[visit.uid]
    )
    assert (visit.officer_id, visit.unit_id, visit.enterprise_id) == (
        cast.li.pk,
        cast.wuma.pk,
        cast.semir.pk,
    )
    assert [p.title for p in visit.problems.order_by("pk")] == ["门口停车难", "员工宿舍盗窃"]
    assert visit.problem_count == 2
    assert list(visit.topics.all()) == [cast.safety] and list(visit.companions.all()) == [
        cast.zhang.officer
    ]
    assert Problem.objects.get(title="员工宿舍盗窃").state == "solved_on_spot"
    cast.semir.refresh_from_db()
    assert cast.semir.last_visit_on == cast.today == cast.semir.waiting_since


def test_sending_twice_makes_one_visit(cast, as_user, address):
    client, sent = as_user(cast.li), form_values()
    first, second = (
        client.post(address, sent),
        client.post(address, sent | {"latitude": "28.01", "longitude": "120.66"}),
    )
    assert first["Location"] == second["Location"]
    assert Visit.objects.count() == 1 and Problem.objects.count() == 2
    assert OutboxEvent.objects.filter(noun="visit").count() == 1
    assert AuditEvent.objects.filter(verb="visit.record").count() == 1


def test_the_same_form_with_other_words_is_refused_and_kept(cast, as_user, address):
    client, uid = as_user(cast.li), uuid.uuid4()
    client.post(address, form_values(uid))
    answer = client.post(address, form_values(uid, notes="另一份内容"))
    assert answer.status_code == 409 and "另一份内容" in answer.content.decode()
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {
            "started_at": (timezone.localtime() + datetime.timedelta(days=2)).strftime(
                "%Y-%m-%dT%H:%M"
            )
        },
        {
            "ended_at": (timezone.localtime() - datetime.timedelta(hours=5)).strftime(
                "%Y-%m-%dT%H:%M"
            )
        },
        {"notes": "长" * 50_000},
        {"started_at": "yesterday"},
        {"kind": "inspection"},
        {"other_companions": "9999999"},
        {"problem-0-title": "", "problem-0-description": "只有说明"},
        {"next_contact_on": (timezone.localdate() - datetime.timedelta(days=1)).isoformat()},
    ],
    ids=[
        "future",
        "ends-before",
        "long-note",
        "no-time",
        "no-such-kind",
        "no-such-number",
        "problem-without-title",
        "contact-before",
    ],
)
def test_what_cannot_be_taken_is_marked_and_everything_typed_stays(cast, as_user, address, wrong):
    answer = as_user(cast.li).post(
        address, form_values() | {"problem-1-title": "员工宿舍盗窃案"} | wrong
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and "field-error" in page
    assert "员工宿舍盗窃案" in page and Visit.objects.count() == 0
    assert max(map(len, wrong.values())) < 100 or wrong["notes"] in page


def test_a_note_with_html_is_shown_as_text(cast, as_user, address):
    client = as_user(cast.li)
    client.post(address, form_values(notes="<script>alert(1)</script><b>粗</b>"))
    page = client.get(reverse("visit_detail", args=[Visit.objects.get().uid])).content.decode()
    assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page


def test_an_enterprise_out_of_scope_and_a_missing_one_get_the_same_answer(cast, as_user):
    client = as_user(cast.li)
    foreign = client.post(reverse("visit_create", args=[cast.chint.uid]), form_values())
    missing = client.post(reverse("visit_create", args=[uuid.uuid4()]), form_values())
    assert foreign.status_code == missing.status_code == 404
    assert (
        foreign.content.count(b"<h1") == missing.content.count(b"<h1")
        and Visit.objects.count() == 0
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"notes": "甲\x00乙"}, "内容中含有无法保存的控制字符（NUL）"),
        ({"topics": "999999"}, "不在可选范围内"),
        ({"kind": "inspection"}, "不在可选范围内"),
        ({"campaign": "999999"}, "所选项不存在或已不可选，请重新选择。"),
    ],
)
def test_refusals_are_sentences_of_ours(cast, as_user, address, wrong, sentence):
    answer = as_user(cast.li).post(address, form_values(**wrong))
    assert answer.status_code == 422 and sentence in answer.content.decode()


@pytest.mark.parametrize(
    "place",
    [{"latitude": "999", "longitude": "120.66"}, {"latitude": "28.01", "longitude": "-180.1"}],
)
def test_a_position_that_is_no_place_on_earth_is_refused(cast, as_user, address, place):
    answer = as_user(cast.li).post(address, form_values(**place))
    assert (
        answer.status_code == 422
        and "应在" in answer.content.decode()
        and Visit.objects.count() == 0
    )


def test_a_visit_is_not_corrected_to_a_contact_before_it(cast, as_user):
    visit = record_visit(cast, cast.li)
    values = form_values() | {
        "version": "1",
        "next_contact_on": (cast.today - datetime.timedelta(days=1)).isoformat(),
    }
    answer = as_user(cast.li).post(reverse("visit_change", args=[visit.uid]), values)
    assert answer.status_code == 422 and "下次联系不能早于本次走访日期" in answer.content.decode()
    assert (
        as_user(cast.li)
        .post(
            reverse("visit_change", args=[visit.uid]), values | {"next_contact_on": str(cast.today)}
        )
        .status_code
        == 302
    )


@pytest.fixture
def desk(cast):
    """A manager who was never entered as an officer."""
    return User.objects.create_user(
        "0100040", "郑局", role="county_manager", unit=cast.county, password=cast.password
    )


def test_who_is_no_officer_is_not_offered_a_visit_and_is_told_before_typing(
    cast, as_user, address, desk
):
    client = as_user(desk)
    for page in (
        reverse("enterprise_detail", args=[cast.semir.uid]),
        reverse("project_detail", args=[cast.project.uid]),
    ):
        assert "visits/new/" not in client.get(page).content.decode()
        assert "visits/new/" in as_user(cast.county_manager).get(page).content.decode()
    form = client.get(address)
    assert (
        form.status_code == 403 and "只有设置了单位的警务专员才能记录走访" in form.content.decode()
    )
    assert client.post(address, form_values()).status_code == 403 and Visit.objects.count() == 0


def test_the_menu_names_my_enterprises_for_those_who_can_have_any(cast, as_user, desk):
    entry = f'href="{reverse("my_enterprises")}"'
    assert entry not in as_user(desk).get(reverse("enterprise_list")).content.decode()
    for person in (cast.li, cast.head, cast.county_manager):
        assert entry in as_user(person).get(reverse("enterprise_list")).content.decode()


def test_a_draft_is_kept_and_taken_up_again(cast, as_user, address):
    client, uid = as_user(cast.li), uuid.uuid4()
    kept = client.post(
        reverse("visit_draft", args=[cast.semir.uid, uid]), form_values(uid, notes="打了一半")
    )
    page = client.get(address).content.decode()
    assert (
        kept.status_code == 200
        and "打了一半" in page
        and str(uid) in page
        and "员工宿舍盗窃" in page
    )
    assert "打了一半" not in as_user(cast.zhang).get(address).content.decode()
    client.post(address, form_values(uid, notes="打完了"))
    assert VisitDraft.objects.count() == 0
    late = client.post(reverse("visit_draft", args=[cast.semir.uid, uid]), form_values(uid))
    assert late.status_code == 204 and VisitDraft.objects.count() == 0


def test_a_draft_that_is_too_long_is_refused_with_the_true_sentence(cast, as_user):
    answer = as_user(cast.li).post(
        reverse("visit_draft", args=[cast.semir.uid, uuid.uuid4()]),
        form_values(notes="长" * 50_000),
    )
    assert answer.status_code == 422 and answer.json() == {"sentence": "最多20000字，现有50000字。"}
    assert VisitDraft.objects.count() == 0


def test_photos_uploaded_while_typing_become_the_visits(cast, as_user, address):
    client, uid = with_worker(as_user(cast.li)), uuid.uuid4()
    for _twice in range(2):
        answer = client.post(reverse("photo_upload", args=[uid]), {"photo": jpeg_with_position()})
        assert answer.status_code == 200
    client.post(address, form_values(uid, photos=jpeg_with_position(colour="blue")))
    visit = Visit.objects.get()
    assert visit.photos.count() == 2
    photo = visit.photos.first()
    assert as_user(cast.zhang).get(reverse("photo", args=[photo.uid, "large"])).status_code == 200
    assert as_user(cast.wu).get(reverse("photo", args=[photo.uid, "large"])).status_code == 404
    assert Photo.objects.filter(visit__isnull=True).count() == 0


def test_another_units_call_is_named_before_anything_is_typed(cast, as_user, address):
    record_visit(cast, cast.county_manager, notes="机密内容")
    page = as_user(cast.li).get(address).content.decode()
    assert "鹿城分局" in page and "机密内容" not in page


def test_only_the_author_and_the_managers_change_a_visit(cast, as_user):
    visit = record_visit(cast, cast.li)
    address = reverse("visit_change", args=[visit.uid])
    answers = {
        name: as_user(getattr(cast, name)).get(address).status_code
        for name in ("li", "head", "zhang", "sun", "wu")
    }
    assert answers == {"li": 200, "head": 200, "zhang": 404, "sun": 404, "wu": 404}


def test_a_stale_edit_is_refused_with_what_changed(cast, as_user):
    visit = record_visit(cast, cast.li)
    address = reverse("visit_change", args=[visit.uid])
    sent = {
        "version": "1",
        "kind": "door",
        "started_at": timezone.localtime(visit.started_at).strftime("%Y-%m-%dT%H:%M"),
    }
    assert as_user(cast.li).post(address, sent | {"notes": "先改"}).status_code == 302
    answer = as_user(cast.head).post(address, sent | {"notes": "后改"})
    page = answer.content.decode()
    assert answer.status_code == 412 and "先改" in page and "后改" in page
    assert Visit.objects.get().notes == "先改"


def test_a_withdrawn_visit_is_kept_and_counts_nowhere(cast, as_user):
    visit, client = record_visit(cast, cast.li), as_user(cast.li)
    address = reverse("visit_withdraw", args=[visit.uid])
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "录入错误"}).status_code == 302
    assert client.post(address, {"reason": "再撤"}).status_code == 409
    assert str(visit.uid) not in client.get(reverse("visit_list")).content.decode()
    cast.semir.refresh_from_db()
    assert cast.semir.last_visit_on is None


@pytest.mark.parametrize("page", ["visit_change", "visit_withdraw"])
def test_a_withdrawn_visit_opens_no_form(cast, as_user, page):
    visit, client = record_visit(cast, cast.li), as_user(cast.li)
    assert client.get(reverse(page, args=[visit.uid])).status_code == 200
    client.post(reverse("visit_withdraw", args=[visit.uid]), {"reason": "录入错误"})
    answer = client.get(reverse(page, args=[visit.uid]))
    assert (
        answer.status_code == 409
        and "已撤回" in answer.content.decode()
        and "<textarea" not in answer.content.decode()
    )


def test_an_administrator_records_nothing(cast, as_user, address):
    assert as_user(cast.system_admin).post(address, form_values()).status_code == 403
    assert Visit.objects.count() == 0
