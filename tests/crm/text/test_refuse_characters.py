"""A NUL is refused with a sentence, in the person's language, and nothing that was typed is lost."""

import html
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from crm.text.characters import unfit_places
from liaisons.models import Enterprise
from tests.crm.org.test_log_in import log_in
from visits.models import Attachment, Problem

pytestmark = pytest.mark.django_db


def typed(page):
    """The fields of the page that sends a form again."""
    found = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def test_a_form_comes_back_whole_and_is_sent_without_it(cast, as_user):
    client, address = as_user(cast.head), reverse("enterprise_create")
    sent = {
        "uid": str(uuid.uuid4()),
        "name": "温州\x00新星",
        "address": "  <b>一号路</b>\n\n",
        "unit": str(cast.wuma.pk),
        "status": "active",
    }
    answer = client.post(address, sent)
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and "控制字符" in page
        and f'action="{address}"' in page
        and "csrfmiddlewaretoken" in page
    )
    again = typed(page)
    assert (
        again == {**sent, "name": "温州新星"}
        and not Enterprise.objects.filter(name__contains="新星").exists()
    )
    assert client.post(address, again).status_code == 302
    assert Enterprise.objects.get(name="温州新星")


def test_a_password_is_not_written_into_a_page(cast):
    answer = log_in(Client(), "0100001\x00", "Secret-pass-1")
    assert (
        answer.status_code == 422
        and "Secret-pass-1" not in answer.content.decode()
        and "0100001" in answer.content.decode()
    )


def test_a_form_from_elsewhere_gets_no_page_that_sends_it(cast):
    """The CSRF check comes first: else the page would lend its token to whoever wrote the form."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.head, backend="crm.auth.AccountBackend")
    answer = client.post(reverse("enterprise_create"), {"name": "a\x00b"})
    assert answer.status_code == 403 and "textarea" not in answer.content.decode()


def test_an_address_and_a_query_are_refused_in_the_language_of_the_asker(cast, client):
    page = client.get("/login/?next=%00")
    assert (
        page.status_code == 400
        and "控制字符" in page.content.decode()
        and page["Content-Language"] == "zh-hans"
    )
    client.cookies["language"] = "en"
    assert "control character" in client.get("/e/a%00b").content.decode()
    told = client.get("/api/v1/visits/?q=%00", headers={"accept-language": "en"})
    assert told.status_code == 422 and "control character" in told.json()["errors"]["q"][0]
    assert "控制字符" in client.get("/api/v1/no-such%00/").json()["detail"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('{"title": "停\\u0000车"}', "title"),
        ('{"a\\u0000b": 1}', ""),
        ('{"problems": [1, {"title": "\\u0000"}]}', "problems.1.title"),
    ],
)
def test_the_api_says_where_it_stands_at_any_depth(cast, as_user, body, place):
    answer = as_user(cast.li).post("/api/v1/problems/", body, content_type="application/json")
    assert (
        answer.status_code == 422
        and list(answer.json()["errors"]) == [place]
        and not Problem.objects.exists()
    )


def test_a_file_sent_to_the_api_is_refused_with_its_fields(cast, as_user):
    fields = {"uid": str(uuid.uuid4()), "why": "a\x00b", "file": SimpleUploadedFile("x.txt", b"x")}
    answer = as_user(cast.li).post(f"/api/v1/problems/{uuid.uuid4()}/attachments/", fields)
    assert (
        answer.status_code == 422
        and "控制字符" in answer.json()["errors"]["why"][0]
        and not Attachment.objects.exists()
    )


def test_where_it_stands():
    assert unfit_places(["a", {"b": ("c\x00",)}, "\ud800"]) == ["1.b.0", "2"] and unfit_places(
        {"\udfff": 1}
    ) == [""]
    assert unfit_places(["葛\U000e0100\n\t", 1, None, {"a": "\x01"}]) == []
