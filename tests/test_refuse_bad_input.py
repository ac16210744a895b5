"""Every route × every role × what cannot be read: refused with a sentence, and nothing breaks.

In the suite each route gets each kind of input once, from roles that take turns; with
CRM_ROUTES=all each role sends each kind, and one that the page opens for each field by itself
(`make route-fuzz`).
"""

import logging
import os
from itertools import product
from urllib.parse import urlencode

import pytest

from tests.routes import (
    COMMON,
    METHODS,
    NUL,
    ROLES,
    WRONG,
    WRONG_JSON,
    addresses,
    all_routes,
    names_in,
    prepared,
    with_nul,
)

pytestmark = pytest.mark.django_db

ALL = os.environ.get("CRM_ROUTES") == "all"
ROUTES = list(dict(all_routes()).items())
#: What may be answered to an address or a query with a NUL.
REFUSED = {400, 422}


#: One of each kind: nobody, an officer, a manager, an administrator.
KINDS = ("nobody", "li", "county_manager", "system_admin")


def roles(route, turn):
    """With ALL one person of each kind and one who may open the route's kind of page; in the suite the latter alone.

    Who that is changes in turn.
    """
    administers = route.startswith(("admin/", "accounts/", "audit/", "lockouts/"))
    some = ROLES[5:] if administers else ROLES[1:5]
    one = some[turn % len(some)]
    return tuple(dict.fromkeys((*KINDS, one))) if ALL else (one,)


def who_opens(ask, address):
    """The first role that the page opens for, which sends each field by itself.

    With a page for nobody, an officer.
    """
    return next((role for role in ROLES[1:] if ask(role, "GET", address)[0] == 200), "li")


def values(turn, whole=True, of=WRONG):
    """All texts of the wrong type, or (not ``whole``) each fifth; in the suite one. Which, changes in turn."""
    if not ALL:
        return (of[turn % len(of)],)
    return of if whole else of[turn % 5 :: 5]


def fields_of(ask, role, view, address):
    """The names of fields and filters that a route knows of; with ALL those of its page too."""
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    names = list(COMMON)
    filterset = getattr(cls, "filterset", None) or getattr(cls, "filterset_class", None)
    if filterset:
        names += sorted(filterset.base_filters)
    if serializer := getattr(cls, "serializer_class", None):
        names += [*serializer().fields, "verb", "why", "problems"]
    names += getattr(getattr(cls, "form_class", None), "base_fields", ())
    return list(dict.fromkeys(names + (names_in(ask(role, "GET", address)[1]) if ALL else [])))


#: Names that only lists ask for: no form has them.
OF_LISTS = {*COMMON} - {"uid", "version"}
#: What each field is sent by itself.
SINGLE = ("abc", "-1", "9" * 400, "1e999", "٣", "2026-99-99", "99999-01-01", "长" * 2000)


@pytest.fixture
def house(cast):
    """``(asker, keys)``.

    What is broken is told once, at the end, and not in a log of thousands of lines.
    """
    ask, keys = prepared(cast)
    logging.disable(logging.CRITICAL)
    yield ask, keys
    logging.disable(logging.NOTSET)
    print(f"\n{ask.answers} answers, {len(ask.broken)} of 5xx")
    assert not ask.broken, "\n".join(map(str, ask.broken[:30]))


def test_there_are_routes_of_every_kind():
    kinds = {route.split("/")[0] for route, _view in ROUTES}
    assert {
        "admin",
        "api",
        "e",
        "v",
        "login",
        "visits",
        "enterprises",
        "accounts",
    } <= kinds and len(ROUTES) > 200


def test_a_nul_in_path_or_query_is_refused_everywhere(house):
    ask, keys = house
    wrong = []
    for turn, (route, _view) in enumerate(ROUTES):
        address = addresses(route, keys)[0]
        for role in {"nobody", *roles(route, turn)}:
            for method in METHODS if ALL else ("GET", METHODS[turn % len(METHODS)]):
                for bad in (with_nul(route, keys), f"{address}?q=a%00b", f"{address}?a%00b=1"):
                    status, _body = ask(role, method, bad)
                    if status not in REFUSED:
                        wrong.append((status, role, method, bad))
    assert not wrong, wrong[:20]


def test_a_nul_in_a_form_is_refused_everywhere(house):
    """The API takes no such forms, but for files.

    There and at /v/ who may not send one, or has sent too many, is told that first.
    """
    ask, keys = house
    wrong = []
    for turn, (route, view) in enumerate(ROUTES):
        address, allowed = addresses(route, keys)[0], REFUSED
        if getattr(view, "csrf_exempt", False):
            allowed = {400, 401, 403, 404, 405, 415, 422, 429}
        for role in roles(route, turn):
            names = fields_of(ask, role, view, address) if ALL else ["title"]
            for fields in (*({name: NUL, "other": "1"} for name in names), {f"a{NUL}": "1"}):
                status, _body = ask.form(role, address, fields)
                if status not in allowed:
                    wrong.append((status, role, address, fields))
    assert not wrong, wrong[:20]


def test_queries_of_the_wrong_type_break_nothing(house):
    ask, keys = house
    for turn, (route, view) in enumerate(ROUTES):
        for place, address in enumerate(addresses(route, keys)):
            for role in roles(route, turn + place):
                names = fields_of(ask, role, view, address) if not place else COMMON
                for value in values(turn + place):
                    ask(role, "GET", f"{address}?{urlencode(dict.fromkeys(names, value[:2000]))}")
                if ALL or not place:
                    ask(role, "GET", f"{address}?q=%ED%A0%80&page=%FF&limit=%E5")
        if ALL:
            address = addresses(route, keys)[0]
            role = who_opens(ask, address)
            for name, value in product(fields_of(ask, role, view, address), SINGLE):
                ask(role, "GET", f"{address}?{urlencode({name: value[:2000]})}")


def test_forms_of_the_wrong_type_break_nothing(house):
    ask, keys = house
    for turn, (route, view) in enumerate(ROUTES):
        first = addresses(route, keys)[0]
        opener = who_opens(ask, first) if ALL else roles(route, turn)[0]
        for place, address in enumerate(addresses(route, keys)):
            for role in dict.fromkeys((*roles(route, turn + place + 1), *([opener] * ALL))):
                names = fields_of(ask, role, view, address) if not place else COMMON
                for value in values(turn + place + 5, whole=role == opener and not place):
                    ask.form(role, address, dict.fromkeys(names, value))
        own = [name for name in fields_of(ask, opener, view, first) if name not in OF_LISTS]
        for name, value in product(own, SINGLE) if ALL else ():
            ask.form(opener, first, {name: value})
        ask.form(opener, first, {})


#: Bodies that are not what they are said to be.
BODIES = (
    ("multipart/form-data", "--x"),
    (
        "multipart/form-data; boundary=x",
        '--x\r\nContent-Disposition: form-data; name="f"; filename="a\x00"',
    ),
    ("application/json", "{"),
    ("text/html; charset=nonsense", "x"),
    ("application/x-www-form-urlencoded; charset=utf-16", "a=\xff"),
    ("", "x"),
    ("application/x-www-form-urlencoded", "&".join(f"a{number}=1" for number in range(2500))),
    ("application/json", "[" * 100_000),
)


def test_every_method_and_every_broken_body_is_answered(house):
    ask, keys = house
    for turn, (route, _view) in enumerate(ROUTES):
        address = addresses(route, keys)[0]
        for role in roles(route, turn):
            for method in (
                METHODS
                if ALL
                else (METHODS[turn % len(METHODS)], METHODS[(turn + 4) % len(METHODS)])
            ):
                ask(role, method, address)
            for content_type, body in BODIES if ALL else (BODIES[turn % len(BODIES)],):
                for method in ("POST", "PUT", "PATCH") if ALL else ("POST",):
                    ask(role, method, address, body, content_type)
            ask(
                role,
                "GET",
                address,
                HTTP_ACCEPT_LANGUAGE="\xff" * 300,
                HTTP_IF_MATCH='"x"',
                HTTP_AUTHORIZATION="Bearer \xff",
                HTTP_IF_NONE_MATCH="\xff",
                HTTP_REFERER="http://[",
                HTTP_RANGE="bytes=9-1",
                HTTP_HX_REQUEST="\xff",
            )


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "device", "language", "messages"])
def test_a_cookie_with_a_nul_counts_as_not_sent(client, db, name):
    cookie = f'{name}="ab\\000cdefghijklmnopqrstuvwxyz012345"'
    assert client.get("/login/", HTTP_COOKIE=cookie).status_code == 200
    assert client.get("/visits/", HTTP_COOKIE=cookie).status_code == 302
    assert client.get("/api/v1/visits/", HTTP_COOKIE=cookie).status_code == 401


NUL_JSON = (
    '{"title": "a\\u0000b"}',
    '{"a\\u0000": {"b": ["c\\u0000"]}}',
    '{"title": "\\ud800"}',
    '{"problems": [{"title": "\\udfff"}]}',
)


def test_json_of_the_wrong_type_breaks_nothing(house):
    ask, keys = house
    wrong = []
    for turn, (route, view) in enumerate(ROUTES):
        for place, address in enumerate(addresses(route, keys)) if route.startswith("api/") else ():
            for role in roles(route, turn + place):
                names = (
                    fields_of(ask, role, view, address)
                    if not place
                    else ["uid", "version", "title"]
                )
                for method in (
                    ("POST", "PATCH") if ALL else (("POST", "PATCH")[(turn + place) % 2],)
                ):
                    some = (
                        values(turn + place, role == "county_manager", WRONG_JSON)
                        if ALL
                        else [
                            WRONG_JSON[(turn + place + step * 11) % len(WRONG_JSON)]
                            for step in range(2)
                        ]
                    )
                    for value in some:
                        ask.json(role, method, address, dict.fromkeys(names, value))
                    for name, value in (
                        product(names, WRONG_JSON)
                        if ALL and not place and role == "county_manager"
                        else ()
                    ):
                        ask.json(
                            role, method, address, {name: value, "version": 1}, HTTP_IF_MATCH='"1"'
                        )
                    for text in NUL_JSON if ALL or not place else ():
                        status, _body = ask.json(role, method, address, text)
                        # The one page among them sends who is not logged in to the login.
                        to_login = role == "nobody" and route == "api/v1/docs/" and status == 302
                        if status not in {400, 401, 403, 404, 405, 415, 422} and not to_login:
                            wrong.append((status, role, method, address, text))
    assert not wrong, wrong[:20]
