"""Every route × every role × what cannot be read: refused with a sentence, and nothing breaks.

In the suite each route gets each kind of input once, from roles that take turns; with CRM_ROUTES=all each role sends
each kind, each field by itself (`make route-fuzz`).
"""

import os

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


def roles(turn):
    """All roles; in the suite two of them in turn, and nobody."""
    return ROLES if ALL else ("nobody", ROLES[1 + turn % 7], ROLES[1 + (turn + 3) % 7])


def fields_of(ask, role, view, address):
    """The names of fields and filters that a route knows of."""
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    names = list(COMMON)
    if filterset := getattr(cls, "filterset", None):
        names += sorted(filterset.parameters()) if hasattr(filterset, "parameters") else sorted(filterset.base_filters)
    if serializer := getattr(cls, "serializer_class", None):
        names += [*serializer().fields, "verb", "why", "problems", "version", "uid"]
    return list(dict.fromkeys(names + names_in(ask(role, "GET", address)[1])))


@pytest.fixture
def house(cast, caplog, settings):
    """``(asker, keys)``; what is broken is told once, at the end."""
    caplog.set_level("CRITICAL")
    ask, keys = prepared(cast)
    yield ask, keys
    print(f"\n{ask.answers} answers, {len(ask.broken)} of 5xx")
    assert not ask.broken, "\n".join(map(str, ask.broken[:30]))


def test_there_are_routes_of_every_kind():
    kinds = {route.split("/")[0] for route, _view in ROUTES}
    assert {"admin", "api", "e", "v", "login", "visits", "enterprises", "accounts"} <= kinds and len(ROUTES) > 200


def test_a_nul_in_path_or_query_is_refused_everywhere(house):
    ask, keys = house
    wrong = []
    for turn, (route, _view) in enumerate(ROUTES):
        address = addresses(route, keys)[0]
        for role in roles(turn):
            for method in METHODS if ALL else ("GET", METHODS[turn % len(METHODS)]):
                for bad in (with_nul(route, keys), f"{address}?q=a%00b", f"{address}?a%00b=1"):
                    status, _body = ask(role, method, bad)
                    if status not in REFUSED:
                        wrong.append((status, role, method, bad))
    assert not wrong, wrong[:20]


def test_a_nul_in_a_form_is_refused_everywhere(house):
    """From whoever may send the form: everybody else is told first that they may not."""
    ask, keys = house
    wrong = []
    for turn, (route, view) in enumerate(ROUTES):
        address = addresses(route, keys)[0]
        for role in roles(turn):
            names = fields_of(ask, role, view, address) if ALL else ["q", "title", "name"]
            for name in names:
                status, _body = ask.form(role, address, {name: NUL, "other": "1"})
                told = {400, 401, 403, 404, 405, 415, 422} if getattr(view, "csrf_exempt", False) else REFUSED
                if status not in told:
                    wrong.append((status, role, address, name))
            status, _body = ask.form(role, address, {f"a{NUL}": "1"})
            if status >= 300 and status < 400:
                wrong.append((status, role, address, "name"))
    assert not wrong, wrong[:20]


def test_queries_of_the_wrong_type_break_nothing(house):
    ask, keys = house
    for turn, (route, view) in enumerate(ROUTES):
        for place, address in enumerate(addresses(route, keys)):
            for role in roles(turn + place):
                names = fields_of(ask, role, view, address) if not place else list(COMMON)
                some = WRONG if ALL else [WRONG[(turn + place + step * 7) % len(WRONG)] for step in range(2)]
                for value in some:
                    ask(role, "GET", address + "?" + _query(dict.fromkeys(names, value)))
                    for name in names if ALL and not place else ():
                        ask(role, "GET", address + "?" + _query({name: value}))
                ask(role, "GET", f"{address}?q=%ED%A0%80&page=%FF&limit=%E5")


def _query(fields):
    from urllib.parse import urlencode

    return urlencode({name: value[:2000] for name, value in fields.items()})


def test_forms_of_the_wrong_type_break_nothing(house):
    ask, keys = house
    for turn, (route, view) in enumerate(ROUTES):
        for place, address in enumerate(addresses(route, keys)):
            for role in roles(turn + place):
                names = fields_of(ask, role, view, address) if not place else list(COMMON)
                for value in WRONG if ALL else (WRONG[(turn + place) % len(WRONG)],):
                    ask.form(role, address, dict.fromkeys(names, value))
                    for name in names if ALL and not place else ():
                        ask.form(role, address, {name: value})


def test_every_method_and_every_broken_body_is_answered(house):
    ask, keys = house
    bodies = (
        ("multipart/form-data", "--x"), ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\x00\""),
        ("application/json", "{"), ("text/html; charset=nonsense", "x"), ("application/x-www-form-urlencoded; charset=utf-16", "a=\xff"), ("", "x"),
        ("application/x-www-form-urlencoded", "&".join(f"a{number}=1" for number in range(2500))), ("application/json", "[" * 100_000),
    )  # fmt: skip
    for turn, (route, _view) in enumerate(ROUTES):
        address = addresses(route, keys)[0]
        for role in roles(turn):
            for method in METHODS:
                ask(role, method, address)
            for content_type, body in bodies if ALL else (bodies[turn % len(bodies)],):
                for method in ("POST", "PUT", "PATCH"):
                    ask(role, method, address, body, content_type)
        ask(roles(turn)[1], "GET", address, HTTP_ACCEPT_LANGUAGE="\xff" * 300, HTTP_IF_MATCH='"x"', HTTP_AUTHORIZATION="Bearer \xff",
            HTTP_IF_NONE_MATCH="\xff", HTTP_REFERER="http://[", HTTP_RANGE="bytes=9-1", HTTP_HX_REQUEST="\xff")  # fmt: skip
        ask(roles(turn)[1], "GET", address, HTTP_COOKIE='sessionid="ab\\000cdefghijk"; csrftoken="\\000"; device="\\000"; language="\\000"')


def test_json_of_the_wrong_type_breaks_nothing(house):
    ask, keys = house
    for turn, (route, view) in enumerate(ROUTES):
        if not route.startswith("api/"):
            continue
        for place, address in enumerate(addresses(route, keys)):
            for role in roles(turn + place):
                names = fields_of(ask, role, view, address) if not place else ["uid", "version", "title"]
                for method in ("POST", "PATCH"):
                    some = WRONG_JSON if ALL else [WRONG_JSON[(turn + place + step * 11) % len(WRONG_JSON)] for step in range(2)]
                    for value in some:
                        ask.json(role, method, address, dict.fromkeys(names, value))
                        for name in names if ALL and not place else ():
                            ask.json(role, method, address, {name: value, "version": 1}, HTTP_IF_MATCH='"1"')
                    for text in ('{"title": "a\\u0000b"}', '{"a\\u0000": {"b": ["c\\u0000"]}}', '{"title": "\\ud800"}', '{"problems": [{"title": "\\udfff"}]}'):
                        status, _body = ask.json(role, method, address, text)
                        assert status in {400, 401, 403, 404, 405, 409, 415, 422}, (status, role, method, address, text)
