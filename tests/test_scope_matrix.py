"""Every page for every role: what is whose, and that the foreign and the missing answer alike."""

import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import record_visit
from tests.links import confirm_link, followed_up, report_link
from tests.samples import OF_ENTERPRISES, list_of
from visits.models import Problem

pytestmark = pytest.mark.django_db

PEOPLE = [
    "li",
    "zhang",
    "sun",
    "wu",
    "he",
    "head",
    "county_manager",
    "other_manager",
    "city_manager",
    "system_admin",
    "security_admin",
    "audit_admin",
]
#: Pages that need no login, and those that have tests of their own.
PUBLIC = {"health", "login", "language", "verify", "verify_number", "verify_file", "calendar_file"}
ADMINS = {"system_admin", "security_admin", "audit_admin"}
#: Who may see 小李's visit to 森马: its officer, the station, the deputy who is assigned, and the
#: managers above.
SEE_VISIT = {"li", "zhang", "head", "county_manager", "city_manager"}
SEE_SEMIR = {"li", "zhang", "head", "county_manager", "city_manager"}


def routes(patterns=None, prefix=""):
    """``(name, converters, callback)`` of every page of ours.

    The admin and the API have tests of their own.
    """
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not address.startswith(("admin/", "api/")):
                yield from routes(pattern.url_patterns, address)
        elif (
            isinstance(pattern, URLPattern)
            and pattern.name
            and not address.startswith(("admin/", "api/"))
        ):
            yield pattern.name, pattern.pattern.converters


def missing_address(name, converters):
    arguments = {}
    for key, converter in converters.items():
        kind = type(converter).__name__
        arguments[key] = (
            uuid.uuid4()
            if kind == "UUIDConverter"
            else 10**9
            if kind == "IntConverter"
            else "none-such"
        )
    return reverse(name, kwargs=arguments)


def test_nobody_sees_a_page_without_logging_in(client, db):
    open_pages = []
    for name, converters in routes():
        if name in PUBLIC:
            continue
        for method in (client.get, client.post):
            answer = method(missing_address(name, converters))
            if answer.status_code not in {302, 403, 404, 405} or (
                answer.status_code == 302 and "/login" not in answer["Location"]
            ):
                open_pages.append((name, answer.status_code))
    assert not open_pages


@pytest.mark.parametrize("person", PEOPLE)
def test_no_page_breaks_for_any_role(cast, as_user, person):
    client = as_user(getattr(cast, person))
    broken = []
    for name, converters in routes():
        if name in {"logout"}:
            continue
        answer = client.get(missing_address(name, converters))
        if answer.status_code >= 500 or (
            converters and answer.status_code == 200 and name not in PUBLIC
        ):
            broken.append((name, answer.status_code))
    assert not broken


@pytest.mark.parametrize("person", PEOPLE)
def test_rows_are_seen_by_those_whose_they_are(cast, as_user, person):
    visit = record_visit(
        cast, cast.li, problems=[{"title": "停车难", "urgency": "normal"}], contact=cast.contact
    )
    problem = Problem.objects.get()
    client = as_user(getattr(cast, person))

    def seen(name, uid, *more):
        answer = client.get(reverse(name, args=[uid, *more]))
        assert answer.status_code in {200, 403, 404}, (name, answer.status_code)
        return answer.status_code == 200

    assert seen("visit_detail", visit.uid) == (person in SEE_VISIT)
    assert seen("problem_detail", problem.uid) == (person in SEE_VISIT)
    assert (
        seen("problem_cause_panel", problem.uid)
        == seen("problem_proof_panel", problem.uid)
        == (person in SEE_VISIT)
    )
    assert seen("enterprise_detail", cast.semir.uid) == (person in SEE_SEMIR)
    assert seen("contact_panel", cast.semir.uid) == (person in SEE_SEMIR)
    assert seen("enterprise_detail", cast.chint.uid) == (
        person in {"wu", "other_manager", "city_manager"}
    )
    assert seen("officer_detail", cast.li.officer.uid) == (
        person not in {"security_admin", "audit_admin"}
    )
    assert seen("visit_change", visit.uid) == (
        person in {"li", "head", "county_manager", "city_manager"}
    )


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("sample", OF_ENTERPRISES, ids=lambda sample: sample.prefix)
def test_what_is_about_an_enterprise_is_seen_by_those_who_see_it(cast, as_user, sample, person):
    """On its own page and in its list, of every noun whose rows are about an enterprise."""
    row, view, client = (
        sample.row(cast, cast.semir, cast.li),
        list_of(sample),
        as_user(getattr(cast, person)),
    )
    if view.detail_name:
        answer = client.get(reverse(view.detail_name, args=[row.uid]))
        expected = 200 if person in SEE_SEMIR else 403 if person in ADMINS else 404
        assert answer.status_code == expected
    answer = client.get(reverse(view.name))
    assert answer.status_code == (403 if person in ADMINS else 200)
    if answer.status_code == 200 and view.detail_name:
        assert (str(row.uid) in answer.content.decode()) == (person in SEE_SEMIR)


@pytest.mark.parametrize("person", PEOPLE)
def test_links_are_for_those_who_see_what_they_are_for(cast, as_user, person):
    """Their addresses with a foreign and a missing uid answer alike, and no page tells another's
    link.
    """
    problem = followed_up(cast)
    links = [confirm_link(cast, problem)[0], report_link(cast)[0]]
    client = as_user(getattr(cast, person))
    pages = [
        ("problem_link", problem.uid),
        ("enterprise_link", cast.semir.uid),
        ("enterprise_links", cast.semir.uid),
    ]
    for name, uid in pages:
        status, missing = (
            client.get(reverse(name, args=[uid])).status_code,
            client.get(reverse(name, args=[uuid.uuid4()])).status_code,
        )
        assert (status == 200) == (person in SEE_SEMIR) and missing == (
            403 if person in ADMINS else 404
        ), name
        assert status in {200, missing}
    for link in links:
        revoked = client.post(reverse("link_revoke", args=[link.uid])).status_code
        assert revoked == (302 if person in SEE_SEMIR else 403 if person in ADMINS else 404)
        link.refresh_from_db()
        assert (link.revoked_at is not None) == (person in SEE_SEMIR)


@pytest.mark.parametrize("person", PEOPLE)
def test_lists_hold_only_what_is_seen(cast, as_user, person):
    visit = record_visit(cast, cast.li)
    client = as_user(getattr(cast, person))
    for name, text, who in (
        ("enterprise_list", "森马", SEE_SEMIR),
        ("visit_list", str(visit.uid), SEE_VISIT),
        ("assignment_list", "森马", SEE_SEMIR),
    ):
        answer = client.get(reverse(name))
        assert answer.status_code == (403 if person in ADMINS else 200), name
        if answer.status_code == 200:
            assert (text in answer.content.decode()) == (person in who), (name, person)


def test_filters_do_not_tell_a_foreign_row_from_a_missing_one(cast, as_user):
    client = as_user(cast.li)
    foreign = client.get(reverse("visit_list"), {"enterprise": str(cast.chint.uid)})
    missing = client.get(reverse("visit_list"), {"enterprise": str(uuid.uuid4())})
    assert foreign.status_code == missing.status_code == 400
    assert foreign.content.decode().replace(str(cast.chint.uid), "").count(
        "summary-errors"
    ) == missing.content.decode().count("summary-errors")


def test_a_unit_is_asked_at_each_request(cast, as_user):
    visit = record_visit(cast, cast.li)
    client = as_user(cast.zhang)
    address = reverse("visit_detail", args=[visit.uid])
    assert client.get(address).status_code == 200
    cast.semir.assignments.filter(officer=cast.zhang.officer).update(ends_on=cast.today)
    cast.zhang.unit = cast.nanmen
    cast.zhang.save()
    assert client.get(address).status_code == 404
