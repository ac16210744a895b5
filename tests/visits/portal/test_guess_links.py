"""Whoever guesses, alters or keeps a link learns nothing: all get the same answer.

CRM_GUESSES says how many secrets are tried: a tenth with the suite, ten thousand by ``make
proofs``.
"""

import datetime
import os
import random
import re
import secrets
import statistics
import string
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.http import urlencode

from tests.links import confirm_link, followed_up, report_link
from visits.models import EnterpriseLink
from visits.models.links import digest_of, link_behind

pytestmark = pytest.mark.django_db

GUESSES = int(os.environ.get("CRM_GUESSES", 1000))
ALPHABET = string.ascii_letters + string.digits + "-_"
MALFORMED = [
    "",
    "x",
    "-",
    "/",
    "a/b",
    "%ff",
    "..%2f..",
    "' or 1=1 --",
    "字" * 40,
    "A" * 4000,
    "%F0%9F%91%AE",
    "x?y=1",
    "x%0Ay",
]


@pytest.fixture
def secret(cast):
    """A link that opens the door."""
    return confirm_link(cast, followed_up(cast))[1]


@pytest.fixture
def closed(cast, secret):
    """name → a secret that was genuine and is not any more: expired, revoked, its contact gone."""
    yesterday, found = timezone.now() - datetime.timedelta(days=1), {}
    for name, change in (
        ("expired", {"expires_at": yesterday}),
        ("revoked", {"revoked_at": yesterday}),
        ("both", {"expires_at": yesterday, "revoked_at": yesterday}),
    ):
        link, found[name] = confirm_link(cast, followed_up(cast))
        EnterpriseLink.objects.filter(pk=link.pk).update(**change)
    link, found["expired after use"] = confirm_link(cast, followed_up(cast))
    EnterpriseLink.objects.filter(pk=link.pk).update(expires_at=yesterday, used_at=yesterday)
    _link, found["contact gone"] = report_link(cast)
    cast.contact.left_on = cast.today
    cast.contact.save()
    return found


def altered(secret):
    """Every secret that differs from a genuine one in one place, by one character more or less, or
    in its case.
    """
    for place in range(len(secret)):
        yield from (
            secret[:place] + c + secret[place + 1 :] for c in ALPHABET if c != secret[place]
        )
        yield secret[:place] + secret[place + 1 :]
    yield from (secret + c for c in ALPHABET)
    yield from (
        secret.upper(),
        secret.lower(),
        secret.swapcase(),
        secret[::-1],
        f" {secret}",
        f"{secret} ",
        f"{secret}=",
        f"{secret}/",
    )
    yield from (digest_of(secret), secret.encode().hex())


def answer_of(client, address, method="get"):
    answer = getattr(client, method)(address)
    return answer.status_code, sorted(answer.headers.items()), answer.content


def test_guessed_and_altered_links_open_nothing(secret):
    alike = list(altered(secret))
    guesses = set(random.Random(330300).sample(alike, min(len(alike), GUESSES // 2))) - {secret}
    while len(guesses) < GUESSES:
        guesses.add(secrets.token_urlsafe(24))
    opened = [guess for guess in guesses if link_behind(guess) is not None]
    assert len(guesses) >= GUESSES and not opened
    assert link_behind(secret) is not None


def test_two_hundred_by_http_get_one_and_the_same_answer(client, secret, closed):
    texts = [
        *MALFORMED,
        *closed.values(),
        *list(altered(secret))[:90],
        *(secrets.token_urlsafe(24) for _number in range(100)),
    ]
    answers = {answer_of(client, f"/e/{text}")[2] for text in texts}
    assert len(texts) >= 200 and len(answers) == 1
    whole = {
        str(answer_of(client, f"/e/{text}"))
        for text in [*MALFORMED, *closed.values(), *texts[-20:]]
    }
    assert len(whole) == 1, "status and headers too"
    status, headers, content = answer_of(client, f"/e/{texts[-1]}")
    assert status == 404 and {"X-Robots-Tag", "Referrer-Policy", "Cache-Control"} <= {
        name for name, _value in headers
    }
    assert b"csrfmiddlewaretoken" not in content and b"/e/" not in content
    assert client.get(f"/e/{secret}").status_code == 200


def test_whatever_is_asked_the_answer_is_the_same(secret, closed):
    """POST and HEAD too, with a token and without, and whoever asks."""
    for method in ("post", "head", "put", "delete", "options"):
        assert (
            len(
                {
                    str(answer_of(Client(), f"/e/{text}", method))
                    for text in ["no-such-link", *closed.values()]
                }
            )
            == 1
        ), method
    strict = Client(enforce_csrf_checks=True)
    masks = re.compile(rb'(csrf\w*" value=")[^"]+')
    assert (
        len(
            {
                masks.sub(
                    rb"\1", answer_of(strict, f"/e/{text}", "post")[2].replace(text.encode(), b"")
                )
                for text in ["no-such-link", *closed.values()]
            }
        )
        == 1
    )


def test_an_officer_who_is_logged_in_gets_the_same(cast, as_user, closed):
    client = as_user(cast.li)
    client.get("/e/no-such-link")
    assert (
        len({str(answer_of(client, f"/e/{text}")) for text in ["no-such-link", *closed.values()]})
        == 1
    )


def test_a_used_link_says_so(client, secret):
    EnterpriseLink.objects.update(used_at=timezone.now())
    answer = client.get(f"/e/{secret}")
    assert answer.status_code == 200 and "verdict-current" in answer.content.decode()


def test_every_text_costs_one_and_the_same_statement(client, secret, closed):
    client.get("/e/no-such-link")
    statements = set()
    for text in ["no-such-link", *MALFORMED, *closed.values()]:
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/e/{text}")
        assert len(captured) == 1, text
        statements.add(re.sub(r"'?[0-9a-f]{64}'?|'\d{4}-[^']+'", "?", captured[0]["sql"]))
    assert len(statements) == 1


def test_what_no_text_can_hold_is_refused_alike_before_anything_is_asked(client, secret, closed):
    """A NUL is a 400 on every address; here it tells nothing of the text that it stands beside."""
    client.get("/e/no-such-link%00")
    answers, masks = set(), re.compile(rb'(csrf\w*" value=")[^"]+')
    for text in ["no-such-link", secret, *closed.values()]:
        with CaptureQueriesContext(connection) as captured:
            status, headers, content = answer_of(client, f"/e/{text}%00")
            answers.add(str((status, headers, masks.sub(rb"\1", content))).replace(text, ""))
        assert not captured.captured_queries
    assert len(answers) == 1
    status, headers, _content = answer_of(client, f"/e/{secret}%00")
    # The address leaves this house nowhere.
    assert status == 400 and ("Referrer-Policy", "same-origin") in headers


def test_how_long_the_answers_take(client, closed, capsys):
    """Printed, not asserted: the medians of unknown, expired and malformed links beside each other."""
    kinds = {"unknown": "A" * 32, "malformed": urlencode({"a": "字"}), **closed}
    times = {name: [] for name in kinds}
    client.get("/e/no-such-link")
    for _turn in range(60):
        for name, text in kinds.items():
            began = time.perf_counter()
            client.get(f"/e/{text}")
            times[name].append(time.perf_counter() - began)
    with capsys.disabled():
        print(
            "\n"
            + ", ".join(
                f"{name} {statistics.median(values) * 1000:.2f} ms"
                for name, values in times.items()
            )
        )
