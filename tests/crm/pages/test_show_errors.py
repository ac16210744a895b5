"""Error pages stand on their own: without a person, without a request, and inside the frame for who
is logged in.
"""

import pytest
from django.template.loader import get_template
from django.test import Client


def test_an_unknown_address_for_a_stranger_shows_no_menu(db):
    answer = Client().get("/no-such-page/")
    assert answer.status_code == 404
    assert b'class="public"' in answer.content and b'class="side"' not in answer.content


def test_an_unknown_address_keeps_the_frame_of_who_is_logged_in(cast, as_user):
    answer = as_user(cast.li).get("/no-such-page/")
    assert answer.status_code == 404
    assert b'class="side"' in answer.content


@pytest.mark.parametrize("address", ["/logout/", "/exports/enterprise_list/", "/language/"])
def test_a_buttons_address_that_is_opened_says_so(cast, as_user, address):
    answer = as_user(cast.li).get(address)
    page = answer.content.decode()
    assert answer.status_code == 405 and "POST" in answer["Allow"]
    assert 'class="side"' in page and "不能作为页面打开" in page


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_a_page_that_django_draws_without_a_request_is_whole(name):
    html = get_template(name).render()
    assert html.rstrip().endswith("</html>") and 'class="public"' in html


def test_a_form_from_another_site_is_answered_with_a_sentence(cast):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/login/", {"username": "1", "password": "2"})
    assert answer.status_code == 403
    assert b'class="public"' in answer.content


def test_pages_run_no_inline_script(cast, as_user):
    html = as_user(cast.li).get("/enterprises/").content.decode()
    assert "<script>" not in html and "onclick=" not in html and "hx-on" not in html
    assert '"allowEval":false' in html
