"""Every route of the house, with real and wrong keys, and inputs that no route may break at."""

import json
import re
import uuid
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import SimpleNamespace
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from api.tokens.services import token_issue
from crm.jobs.queue import job_kind, kinds, order_job
from crm.models import Notice, SavedLink
from liaisons.models import ImportBatch
from tests.cast import record_visit
from tests.causes import found, three_alike
from tests.links import confirm_link, followed_up, report_link
from tests.samples import OF_ENTERPRISES, list_of
from tests.sheets import workbook
from visits.models import Attachment, Photo, ProblemImport

ROLES = (
    "nobody",
    "li",
    "head",
    "county_manager",
    "city_manager",
    "system_admin",
    "security_admin",
    "audit_admin",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
#: Texts of the wrong type, or longer than any field.
WRONG = (
    "abc",
    "-1",
    "0",
    "9" * 400,
    "1e999",
    "NaN",
    "٣",
    "2026-99-99",
    "0000-00-00",
    "99999-01-01",
    "[]",
    "{}",
    "null",
    "true",
    "x" * 20_000,
    "长" * 7_000,
    str(uuid.UUID(int=0)),
    "' OR 1=1 --",
    "%",
    "\\",
    "../../etc/passwd",
    "\u202e\u200b",
    "😀" * 300,
    "\x01\x0b\x7f",
    "",
)
#: The same for JSON.
WRONG_JSON = (
    None,
    True,
    -1,
    2**63,
    10**400,
    1.5,
    [],
    {},
    [[]],
    {"a": {"b": [None]}},
    [None],
    ["abc"] * 300,
    *WRONG,
)
NUL = "停\x00车"
#: Names that many lists and forms share.
COMMON = (
    "q",
    "page",
    "cursor",
    "limit",
    "ordering",
    "sort",
    "unit",
    "officer",
    "from",
    "to",
    "month",
    "months",
    "next",
    "uid",
    "version",
)


def all_routes(patterns=None, prefix=""):
    """``(address with its converters, view)`` of every route: pages, admin, API."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from all_routes(pattern.url_patterns, address)
        else:
            yield re.sub(r"\^?\(\?P<(\w+)>[^)]*\)/?\$$", r"<str:\1>", address), pattern.callback


def rows_of(cast):
    """Rows that the routes are about, by the beginning of their address."""
    visit = record_visit(cast, cast.li)
    problem, (first, second, third) = followed_up(cast), three_alike(cast)
    cause = found(cast, [first, second])
    photo = Photo.objects.create(
        uid=uuid.uuid4(),
        owner=cast.li,
        visit_uid=visit.uid,
        visit=visit,
        file="x.jpg",
        width=1,
        height=1,
    )
    form = {"form_uid": uuid.uuid4(), "size": 1, "media_type": "text/plain", "file": "x"}
    attachment = Attachment.objects.create(
        uid=uuid.uuid4(), owner=cast.li, name="x.txt", problem=problem, **form
    )
    if kinds.get("test-route") is None:
        job_kind("test-route")(lambda job: None)
    job = order_job("test-route", by=cast.li, title="x")
    notice = Notice.objects.create(
        owner=cast.li, kind="x", title="x", path="/", key="x", at=timezone.now()
    )
    saved = SavedLink.objects.create(owner=cast.li, name="x", path="/visits/")
    sheets = {
        "file": "imports/x.xlsx",
        "file_name": "x.xlsx",
        "columns": {"name": 1},
        "created_by": cast.head,
    }
    batch, list_of_problems = (
        model.objects.create(**sheets) for model in (ImportBatch, ProblemImport)
    )
    path = settings.MEDIA_ROOT / "imports" / "x.xlsx"
    path.parent.mkdir(parents=True)
    path.write_bytes(workbook([(1, "温州新光眼镜有限公司")], heads=("序号", "企业名称")))
    link, secret = confirm_link(cast, problem)
    _report, report_secret = report_link(cast)
    return SimpleNamespace(
        visit=visit,
        problem=problem,
        open_problem=third,
        cause=cause,
        photo=photo,
        attachment=attachment,
        job=job,
        notice=notice,
        saved=saved,
        batch=batch,
        list_of_problems=list_of_problems,
        link=link,
        secret=secret,
        report_secret=report_secret,
    )


def keys_of(cast, rows):
    """(beginning of an address, converter's name) → the key of a real row.

    The longest beginning counts.
    """
    return keys_of_samples(cast) | {
        ("visits/", "uid"): rows.visit.uid,
        ("photos/", "uid"): rows.photo.uid,
        ("photos/", "visit_uid"): rows.visit.uid,
        ("enterprises/", "uid"): cast.semir.uid,
        ("contacts/", "uid"): cast.contact.uid,
        ("officers/", "uid"): cast.li.officer.uid,
        ("links/", "uid"): rows.link.uid,
        ("causes/", "uid"): rows.cause.uid,
        ("problems/", "uid"): rows.problem.uid,
        ("problems/imports/", "uid"): rows.list_of_problems.uid,
        ("problems/", "verb"): "answer",
        ("problems/", "attachment"): rows.attachment.uid,
        ("causes/", "problem_uid"): rows.open_problem.uid,
        ("files/", "uid"): rows.attachment.uid,
        ("imports/", "uid"): rows.batch.uid,
        ("jobs/", "uid"): rows.job.uid,
        ("assignments/", "uid"): cast.semir.assignments.first().uid,
        ("assignments/", "target_uid"): cast.semir.uid,
        ("assignments/", "target"): "enterprise",
        ("accounts/", "number"): cast.zhang.police_number,
        ("units/", "code"): cast.wuma.code,
        ("notices/", "pk"): rows.notice.pk,
        ("saved-links/", "pk"): rows.saved.pk,
        ("e/", "secret"): rows.secret,
        ("common-causes/", "uid"): rows.cause.uid,
        ("dictionaries/topics/", "code"): "safety",
        ("dictionaries/divisions/", "code"): "330302",
        ("dictionaries/industries/", "code"): "38",
        ("exports/", "name"): "visits",
        ("tokens/", "uid"): cast.li.api_tokens.get().uid,
        ("admin/crm/division/", "object_id"): "330302",
        ("admin/crm/industry/", "object_id"): "38",
        ("admin/visits/topic/", "object_id"): cast.safety.pk,
        ("admin/visits/problemcategory/", "object_id"): cast.parking.pk,
        ("photos/", "size"): "small",
        ("files/", "size"): "small",
    }


def keys_of_samples(cast):
    """The same of each noun whose rows are about an enterprise, for its pages and for the API."""
    keys = {}
    for sample in OF_ENTERPRISES:
        uid = sample.row(cast, cast.semir, cast.li).uid
        keys[f"{sample.prefix}/", "uid"] = uid
        if view := list_of(sample):
            keys[reverse(view.name).removeprefix("/"), "uid"] = uid
    return keys


#: Keys that no row has, by the kind of the converter; the last ones are longer than any key.
WRONG_KEYS = {
    "uuid": [str(uuid.UUID(int=7))],
    "int": ["1000000000", "9" * 30],
    "slug": ["none-such", "x" * 3000],
    "str": ["none-such", "长" * 3000],
    "path": ["none/such", "99999999999999999999", "x" * 3000],
    "anything": ["none\nsuch", "x" * 3000],
}
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")


def addresses(route, keys):
    """The addresses of a route: with the key of a real row where there is one, then with wrong
    ones.
    """
    plain = route.removeprefix("api/v1/")
    parts = _PART.findall(route)

    def filled(choose):
        return "/" + _PART.sub(lambda part: str(choose(part[1] or "str", part[2])), route)

    def real(kind, name):
        fitting = [
            (len(head), key)
            for (head, of), key in keys.items()
            if of == name and plain.startswith(head)
        ]
        return max(fitting)[1] if fitting else WRONG_KEYS[kind][0]

    made = [filled(real)]
    if parts:
        made += [
            filled(
                lambda kind, name, turn=turn: WRONG_KEYS[kind][min(turn, len(WRONG_KEYS[kind]) - 1)]
            )
            for turn in range(3)
        ]
    return list(dict.fromkeys(made))


def with_nul(route, keys):
    """The route's address with a NUL in its last key, or at its end."""
    parts = _PART.findall(route)
    if not parts:
        return addresses(route, keys)[0] + "%00"
    return addresses(route.replace(f"<{':'.join(filter(None, parts[-1]))}>", "@@"), keys)[
        0
    ].replace("@@", "a%00b")


@dataclass
class Asker:
    """A browser of each role.

    What it asks changes nothing that lasts, and every answer is counted.
    """

    client: Client
    jars: dict
    answers: int = 0
    broken: list = field(default_factory=list)

    def __call__(
        self, role, method, address, data="", content_type="application/octet-stream", **meta
    ):
        self.answers += 1
        with transaction.atomic():
            self.client.cookies = SimpleCookie(self.jars[role])
            answer = self.client.generic(method, address, data, content_type, **meta)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            raised = answer.exc_info[1] if answer.exc_info else None
            self.broken.append(
                (
                    answer.status_code,
                    repr(raised)[:200],
                    role,
                    method,
                    address[:200],
                    str(data)[:200],
                    meta,
                )
            )
        return answer.status_code, body

    def form(self, role, address, fields):
        return self(role, "POST", address, urlencode(fields), "application/x-www-form-urlencoded")

    def json(self, role, method, address, body, **meta):
        return self(
            role,
            method,
            address,
            body if isinstance(body, str) else json.dumps(body),
            "application/json",
            **meta,
        )


def asker(cast):
    """An Asker with each role's cookies; it does not raise, so that a broken answer is a status.

    One client for all: making another loads every middleware anew.
    """
    client, jars = Client(raise_request_exception=False), {"nobody": ""}
    for role in ROLES[1:]:
        client.cookies.clear()
        client.force_login(getattr(cast, role), backend="crm.auth.AccountBackend")
        jars[role] = client.cookies.output(header="", sep=";")
    return Asker(client, jars)


def names_in(page):
    """The names of a page's fields."""
    return list(dict.fromkeys(re.findall(r'\bname="([^"]+)"', page.decode(errors="replace"))))


def prepared(cast):
    """``(asker, keys)`` with the rows that the routes are about; 小李 has a token."""
    token_issue(name="x", days=1, by=cast.li)
    return asker(cast), keys_of(cast, rows_of(cast))
