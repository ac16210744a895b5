"""The routes that take files, for the fuzz runs: a route more is a line in ROUTES.

A route is a function of a Site and a file ``(name, content)`` that sends it as a person would and
returns the status. The Site has the cast, and ``send(who, address, fields, files)`` with ``files``
as (field, name, content) triples; ``who`` is a User (by session), a token of the API (text), or
None. What a route needs beside (a fresh visit, a problem) it makes by verbs.
"""

import uuid
from dataclasses import dataclass

from django.urls import reverse

from tests.cast import record_visit
from tests.fuzz_files import DOCUMENT, PICTURE, SHEET
from tests.links import report_link
from tests.steps import register


@dataclass(frozen=True)
class Route:
    name: str
    kinds: tuple  # of files that it takes, as tests.fuzz_files calls them
    post: object


def photo_while_typing(site, file):
    return site.send(
        site.cast.li, reverse("photo_upload", args=[uuid.uuid4()]), {}, [("photo", *file)]
    )


def photo_of_a_recorded_visit(site, file):
    visit = record_visit(site.cast, site.cast.li)
    return site.send(
        site.cast.li, reverse("visit_photos", args=[visit.uid]), {}, [("photos", *file)]
    )


def file_while_typing(site, file):
    return site.send(
        site.cast.li, reverse("attachment_upload", args=[uuid.uuid4()]), {}, [("file", *file)]
    )


def report_form(site, file):
    typed = {
        "uid": uuid.uuid4(),
        "title": "门口停车难",
        "urgency": "normal",
        "files_of": uuid.uuid4(),
    }
    return site.send(
        site.cast.li,
        reverse("problem_create", args=[site.cast.semir.uid]),
        typed,
        [("files", *file)],
    )


def step_of_a_problem(site, file):
    problem = register(site.cast)
    typed = {"version": problem.version, "files_of": uuid.uuid4()}
    return site.send(
        site.cast.head,
        reverse("problem_step", args=[problem.uid, "accept"]),
        typed,
        [("files", *file)],
    )


def file_of_a_problem(site, file):
    typed = {"files_of": uuid.uuid4()}
    return site.send(
        site.cast.li,
        reverse("problem_files", args=[register(site.cast).uid]),
        typed,
        [("files", *file)],
    )


def portal_report(site, file):
    if not hasattr(site, "secret"):
        _link, site.secret = report_link(site.cast)
    typed = {"uid": uuid.uuid4(), "title": "夜间噪声扰民", "files_of": uuid.uuid4()}
    return site.send(None, f"/e/{site.secret}", typed, [("files", *file)])


def api(site, file):
    address = f"/api/v1/problems/{register(site.cast).uid}/attachments/"
    return site.send(site.token, address, {"uid": uuid.uuid4()}, [("file", *file)])


def enterprises_list(site, file):
    return site.send(
        site.cast.city_manager, reverse("import_upload"), {"unit": "33030201"}, [("file", *file)]
    )


def problems_list(site, file):
    return site.send(site.cast.head, reverse("problem_import_upload"), {}, [("file", *file)])


BOTH, SHEETS = (PICTURE, DOCUMENT), (SHEET, SHEET, SHEET, DOCUMENT)
ROUTES = [
    Route("a visit's form, photo while typing", (PICTURE,), photo_while_typing),
    Route("a recorded visit, photo added", (PICTURE,), photo_of_a_recorded_visit),
    Route("a problem's form, file while typing", BOTH, file_while_typing),
    Route("a problem's form, sent with a file", BOTH, report_form),
    Route("a step of a problem", BOTH, step_of_a_problem),
    Route("a problem's page, files added", BOTH, file_of_a_problem),
    Route("the portal", BOTH, portal_report),
    Route("the API", BOTH, api),
    Route("a list of enterprises", SHEETS, enterprises_list),
    Route("a list of problems", SHEETS, problems_list),
]
