"""Forms are drawn by our own templates: errors beside their fields and listed above, native
pickers, choices as pills.
"""

import datetime
import re

import pytest
from django import forms
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation


class VisitLikeForm(forms.Form):
    name = forms.CharField(label="企业名称", help_text="与营业执照一致")
    day = forms.DateField(label="日期", initial=datetime.date(2026, 3, 1), required=False)
    kind = forms.ChoiceField(
        label="方式", choices=[("door", "上门"), ("phone", "电话")], widget=forms.RadioSelect
    )
    topics = forms.MultipleChoiceField(
        label="主题", choices=[("a", "反诈"), ("b", "安全")], widget=forms.CheckboxSelectMultiple
    )
    with_whom = forms.MultipleChoiceField(
        label="同行", choices=[(str(n), f"民警{n}") for n in range(12)], required=False
    )


def test_what_describes_a_field_is_on_the_page():
    html = str(VisitLikeForm({"kind": "door"}))
    for ids in re.findall(r'aria-describedby="([^"]+)"', html):
        for one in ids.split():
            assert f'id="{one}"' in html
    assert 'aria-invalid="true"' in html


def test_errors_are_listed_above_and_lead_to_their_fields():
    html = str(VisitLikeForm({"kind": "door", "topics": ["a"]}))
    assert 'href="#id_name_group"' in html and 'id="id_name_group"' in html
    assert 'href="#id_topics_group"' not in html


def test_a_form_nobody_sent_shows_no_errors():
    assert "summary-errors" not in str(VisitLikeForm())


def test_native_pickers_get_iso_dates_in_chinese_too():
    with translation.override("zh-hans"):
        html = str(VisitLikeForm())
    assert 'type="date"' in html and 'value="2026-03-01"' in html


def test_what_was_chosen_stays_chosen():
    html = str(VisitLikeForm({"kind": "phone", "topics": ["b"], "with_whom": ["3"]}))
    assert re.search(r'value="phone"[^>]*checked', html) and re.search(
        r'value="b"[^>]*checked', html
    )
    assert re.search(r'value="3" checked', html) and html.count("checked") == 3


def test_a_long_choice_can_be_searched():
    assert "data-pick-search" in str(VisitLikeForm())


def test_text_of_people_is_escaped():
    html = str(VisitLikeForm({"name": "<script>alert(1)</script>", "kind": '"><b>'}))
    assert "<script>" not in html and "<b>&quot;" not in html and '"><b>' not in html


def test_a_dash_stands_for_nothing_and_zero_stays_zero():
    drawn = Template("{{ none|dash }}|{{ zero|dash }}|{{ html|dash }}").render(
        Context({"none": None, "zero": 0, "html": "<i>"})
    )
    assert drawn == '<span class="none">—</span>|0|&lt;i&gt;'


def cancel_of(answer):
    return re.search(r'<a class="btn" href="([^"]*)">取消</a>', answer.content.decode())[1]


def test_cancel_leads_back_to_where_the_form_was_opened_however_often_it_was_refused(cast, as_user):
    client, address = as_user(cast.county_manager), reverse("enterprise_create")
    came_from = reverse("enterprise_list") + "?q=%E6%A3%AE"
    opened = client.get(address, headers={"referer": f"http://testserver{came_from}"})
    assert cancel_of(opened) == came_from
    refused = client.post(
        address, {"name": "", "back": came_from}, headers={"referer": f"http://testserver{address}"}
    )
    assert refused.status_code == 422 and cancel_of(refused) == came_from


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.com/enterprises/",
        "//example.com/",
        "javascript:alert(1)",
        "http://testserver:81/x",
    ],
)
def test_cancel_never_leads_elsewhere(cast, as_user, elsewhere):
    client, address = as_user(cast.county_manager), reverse("enterprise_create")
    assert cancel_of(client.get(address, headers={"referer": elsewhere})) == "/"
    assert cancel_of(client.post(address, {"name": "", "back": elsewhere})) == "/"


@pytest.mark.parametrize("name", ["enterprise_create", "account_create", "import_upload"])
def test_a_form_takes_no_put_for_a_post(cast, as_user, name):
    person = cast.system_admin if name == "account_create" else cast.county_manager
    answer = as_user(person).put(reverse(name))
    assert answer.status_code == 405 and answer["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_a_form_about_a_row_out_of_sight_is_missing_however_it_is_asked(cast, as_user):
    client = as_user(cast.county_manager)
    for name in ("enterprise_change", "project_change", "contact_change", "assignment_end"):
        address = reverse(name, args=["00000000-0000-0000-0000-000000000007"])
        assert client.get(address).status_code == client.post(address).status_code == 404
