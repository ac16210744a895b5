"""A contact's name and phone are shown masked, in full for a moment to whom asks by a button, and
lie encrypted in the database.
"""

import csv
import io
import re
import uuid

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from crm.jobs.performing import perform_job
from crm.models import AuditEvent, Job, SavedLink
from liaisons.models import Contact, Enterprise
from tests.cast import record_visit

pytestmark = pytest.mark.django_db

NAME, PHONE, MASKED_NAME, MASKED_PHONE = "林小红", "13800001234", "林**", "138******34"


def reveal(client, contact):
    return client.post(reverse("contact_reveal", args=[getattr(contact, "uid", contact)]))


def masked(text):
    return MASKED_NAME in text and MASKED_PHONE in text and NAME not in text and PHONE not in text


def new_contact(client, enterprise, **changes):
    sent = {
        "uid": str(uuid.uuid4()),
        "name": "周大海",
        "job_title": "厂长",
        "work_phone": "0577-88886666",
        **changes,
    }
    answer = client.post(reverse("contact_create", args=[enterprise.uid]), sent)
    assert answer.status_code == 302, answer.content.decode()
    return Contact.objects.latest("pk")


@pytest.mark.parametrize("person", ["li", "zhang", "head", "county_manager", "city_manager"])
def test_the_list_and_the_panel_show_it_masked(cast, as_user, person):
    client = as_user(getattr(cast, person))
    assert masked(client.get(reverse("contact_list")).content.decode())
    assert masked(client.get(reverse("contact_panel", args=[cast.semir.uid])).content.decode())


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_an_export_holds_it_masked(cast, as_user, file_format):
    client = as_user(cast.city_manager)
    client.post(
        reverse("export_order", args=["contact_list"]), {"query": "", "format": file_format}
    )
    job = Job.objects.get()
    perform_job(job.pk)
    body = b"".join(client.get(reverse("job_file", args=[job.uid])).streaming_content)
    if file_format == "csv":
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    else:
        rows = [row for sheet in openpyxl.load_workbook(io.BytesIO(body)) for row in sheet.values]
    assert masked(str(rows)) and PHONE.encode() not in body


def test_no_other_page_shows_it_in_full(cast, as_user):
    visit, client = record_visit(cast, cast.li, contact=cast.contact), as_user(cast.li)
    for address in (
        reverse("enterprise_detail", args=[cast.semir.uid]),
        reverse("visit_detail", args=[visit.uid]),
        reverse("visit_list"),
        reverse("visit_create", args=[cast.semir.uid]),
        f"{reverse('search')}?q=森马",
    ):
        answer = client.get(address)
        page = answer.content.decode()
        assert answer.status_code == 200 and NAME not in page and PHONE not in page, address


def test_the_search_of_everything_does_not_know_it(cast, as_user):
    for query in (NAME, "小红", "linxiaohong", PHONE, PHONE[:7]):
        assert (
            "森马" not in as_user(cast.li).get(reverse("search"), {"q": query}).content.decode()
        ), query


@pytest.mark.parametrize("name", ["欧", "欧阳", "欧阳小红", "Smith"])
def test_of_a_name_only_the_first_character_is_left(cast, as_user, name):
    client = as_user(cast.li)
    contact = new_contact(client, cast.hotel, name=name)
    page = client.get(reverse("contact_panel", args=[cast.hotel.uid])).content.decode()
    assert f"<b>{name[0]}{'*' * max(len(name) - 1, 1)}</b>" in page and f"<b>{name}</b>" not in page
    assert str(contact) != name


@pytest.mark.parametrize("person", ["li", "zhang", "head", "county_manager", "city_manager"])
def test_a_press_shows_it_and_is_written_down(cast, as_user, person):
    user = getattr(cast, person)
    answer = reveal(as_user(user), cast.contact)
    page = answer.content.decode()
    assert answer.status_code == 200 and NAME in page and f'href="tel:{PHONE}"' in page
    event = AuditEvent.objects.get(verb="contact.reveal")
    assert (event.actor, event.ok, event.object_uid) == (user, True, str(cast.contact.uid))
    assert (
        str(cast.semir.uid) in str(event.detail)
        and NAME not in str(event.detail)
        and PHONE not in str(event.detail)
    )


def test_each_press_is_written_down_and_the_next_look_is_masked_again(cast, as_user):
    client = as_user(cast.li)
    for times in (1, 2, 3):
        assert NAME in reveal(client, cast.contact).content.decode()
        assert masked(client.get(reverse("contact_panel", args=[cast.semir.uid])).content.decode())
        assert AuditEvent.objects.filter(verb="contact.reveal", actor=cast.li).count() == times


def test_the_audit_administrator_reads_who_looked_but_not_at_what(cast, as_user):
    reveal(as_user(cast.li), cast.contact)
    page = as_user(cast.audit_admin).get(reverse("audit_list")).content.decode()
    assert "contact.reveal" in page and "小李" in page and NAME not in page and PHONE not in page


def test_looking_at_the_address_reveals_nothing(cast, as_user):
    client = as_user(cast.li)
    for method in (client.get, client.head, client.put):
        answer = method(reverse("contact_reveal", args=[cast.contact.uid]))
        assert answer.status_code == 405 and NAME not in answer.content.decode()
    assert not AuditEvent.objects.filter(verb="contact.reveal").exists()


def test_another_sites_form_reveals_nothing(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.li, backend="crm.auth.AccountBackend")
    answer = reveal(client, cast.contact)
    assert answer.status_code == 403 and NAME not in answer.content.decode()
    assert not AuditEvent.objects.filter(verb="contact.reveal").exists()


def test_an_answer_with_a_name_is_kept_by_no_browser(cast, as_user):
    assert "no-store" in reveal(as_user(cast.li), cast.contact).get("Cache-Control", "")


@pytest.mark.parametrize("person", ["sun", "wu", "he", "other_manager"])
def test_a_foreign_contact_and_a_missing_one_get_the_same_answer(cast, as_user, person):
    client = as_user(getattr(cast, person))

    def told(uid):
        answer = reveal(client, uid)
        page = re.sub(
            r'(csrfmiddlewaretoken" value=|X-CSRFToken[^:]*: ?)"[^"]+"', "", answer.content.decode()
        )
        return answer.status_code, page.replace(str(uid), "")

    foreign, missing = told(cast.contact.uid), told(uuid.uuid4())
    assert foreign == missing and foreign[0] == 404 and NAME not in foreign[1]
    assert (
        "没有这条记录，或者您无权查看。" in foreign[1]
        and not AuditEvent.objects.filter(verb="contact.reveal").exists()
    )


@pytest.mark.parametrize("name", ["contact_change", "contact_panel", "contact_create"])
def test_nor_is_a_foreign_contact_reached_by_another_way(cast, as_user, name):
    uid = cast.contact.uid if name == "contact_change" else cast.semir.uid
    for method in ("get", "post"):
        if (name, method) != ("contact_panel", "post"):
            answer = getattr(as_user(cast.wu), method)(reverse(name, args=[uid]))
            assert answer.status_code == 404 and NAME not in answer.content.decode()


@pytest.mark.parametrize("person", ["system_admin", "security_admin", "audit_admin"])
def test_an_administrator_is_refused(cast, as_user, person):
    answer = reveal(as_user(getattr(cast, person)), cast.contact)
    assert answer.status_code == 403 and NAME not in answer.content.decode()


def test_who_no_longer_serves_the_enterprise_no_longer_sees_its_contacts(cast, as_user):
    cast.semir.unit = cast.nanmen
    cast.semir.save()
    client = as_user(cast.zhang)
    assert reveal(client, cast.contact).status_code == 200
    cast.semir.assignments.update(ends_on=cast.today)
    assert reveal(client, cast.contact).status_code == 404


# At rest


def every_raw_text():
    """What every column of every table holds, as the database has it, without what the programme
    makes of it.
    """
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    yield (
                        table,
                        value.decode(errors="replace") if isinstance(value, bytes) else str(value),
                    )


def test_no_table_holds_a_name_or_a_phone_in_the_clear(cast, as_user):
    client = as_user(cast.li)
    contact = new_contact(client, cast.hotel)
    reveal(client, contact)
    sent = {
        "version": contact.version,
        "name": "周小海",
        "work_phone": "13700007777",
        "job_title": "厂长",
    }
    assert client.post(reverse("contact_change", args=[contact.uid]), sent).status_code == 302
    assert (
        client.post(
            reverse("contact_change", args=[contact.uid]), sent | {"name": "周中海"}
        ).status_code
        == 412
    )
    record_visit(cast, cast.li, cast.hotel, contact=contact)
    clear = (
        NAME,
        PHONE,
        "周大海",
        "0577-88886666",
        "057788886666",
        "周小海",
        "13700007777",
        "周中海",
    )
    found = [(table, text) for table, value in every_raw_text() for text in clear if text in value]
    assert not found
    texts = [value for table, value in every_raw_text() if table == "liaisons_contact"]
    assert any("厂长" in text for text in texts), "the look at the raw tables sees nothing"


def test_equal_values_lie_there_unlike_and_are_read_alike(cast, as_user):
    first, second = (new_contact(as_user(cast.li), cast.hotel) for _twice in range(2))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, work_phone FROM liaisons_contact WHERE id IN (%s, %s)",
            [first.pk, second.pk],
        )
        raw = [text for row in cursor.fetchall() for text in row]
    assert len(set(raw)) == 4 and (first.name, first.work_phone) == (second.name, second.work_phone)


# Found by the whole value


def found(client, **query):
    answer = client.get(reverse("contact_list"), query)
    assert answer.status_code == 200, answer.content.decode()
    return [row["cells"][0]["value"] for row in answer.context["rows"]]


@pytest.mark.parametrize(
    "query",
    [
        {"phone": PHONE},
        {"phone": "138 0000 1234"},
        {"phone": "１３８００００１２３４"},
        {"name": NAME},
        {"name": " 林小红 "},
    ],
    ids=str,
)
def test_it_is_found_by_the_whole_number_and_the_whole_name_and_stays_masked(cast, as_user, query):
    new_contact(as_user(cast.li), cast.hotel)
    assert found(as_user(cast.li), **query) == [MASKED_NAME]


@pytest.mark.parametrize(
    "query",
    [
        {"phone": PHONE[:-1]},
        {"phone": "1380000"},
        {"phone": MASKED_PHONE},
        {"phone": "13800001235"},
        {"name": "林"},
        {"name": "小红"},
    ],
    ids=str,
)
def test_a_part_finds_nothing(cast, as_user, query):
    assert found(as_user(cast.li), **query) == []


def test_a_changed_number_is_found_and_the_old_one_no_longer(cast, as_user):
    client = as_user(cast.li)
    sent = {"version": 1, "name": NAME, "work_phone": "13911112222"}
    assert client.post(reverse("contact_change", args=[cast.contact.uid]), sent).status_code == 302
    assert found(client, phone="13911112222") == [MASKED_NAME] and found(client, phone=PHONE) == []


def test_strangers_find_nothing_by_the_number(cast, as_user):
    for person in ("sun", "wu", "he", "other_manager"):
        assert found(as_user(getattr(cast, person)), phone=PHONE) == []


@pytest.mark.parametrize("phone", ["12345678901", "1380000123", "138000012345", "0577", "电话"])
def test_what_is_no_phone_number_is_refused_and_kept_on_the_page(cast, as_user, phone):
    sent = {"uid": str(uuid.uuid4()), "name": "周大海", "work_phone": phone}
    answer = as_user(cast.li).post(reverse("contact_create", args=[cast.hotel.uid]), sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and f'value="{phone}"' in page and "周大海" in page
    assert not Contact.objects.filter(enterprise=Enterprise.objects.get(pk=cast.hotel.pk)).exists()


def test_the_edit_form_shows_a_contact_in_full_and_is_audited_as_a_reveal(cast, as_user):
    assert (
        as_user(cast.li).get(reverse("contact_change", args=[cast.contact.uid])).status_code == 200
    )
    event = AuditEvent.objects.get(verb="contact.reveal")
    assert event.actor == cast.li and event.object_uid == str(cast.contact.uid)


def test_no_order_and_no_kept_list_holds_a_phone_in_clear(cast, as_user):
    client, phone = as_user(cast.li), cast.contact.work_phone
    assert (
        client.post(
            reverse("export_order", args=["contact_list"]),
            {"query": f"phone={phone}", "format": "csv"},
        ).status_code
        == 302
    )
    client.post(
        reverse("saved_link_create"),
        {"name": "一个人", "path": reverse("contact_list"), "query": f"phone={phone}"},
    )
    kept = (
        str(list(Job.objects.values("params")))
        + str(list(SavedLink.objects.values()))
        + str(list(AuditEvent.objects.values("detail")))
    )
    assert phone not in kept
    query = SavedLink.objects.get().query
    assert len(client.get(f"{reverse('contact_list')}?{query}").context["rows"]) == 1
