"""The public page behind a summary's QR code.

It tells whether a document is genuine, and nothing else.
"""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from crm.backing.rates import counted
from crm.text.characters import BadCharacters, form_places
from visits.summaries.verify import hash_of, verdict

#: Questions that one network address may ask a minute (of each server process, without a shared
#: cache).
QUESTIONS = 30
#: The largest file that is taken, and what the form around it may add (bytes). A current browser
#: sends none at all.
LARGEST, AROUND = 60 * 1024 * 1024, 64 * 1024


@method_decorator(
    csrf_exempt, name="dispatch"
)  # it changes nothing; and a request too large is refused unread
class VerifyView(View):
    """Genuine and current, genuine but superseded, or unknown: of a number, or of a file."""

    def dispatch(self, request, *args, **kwargs) -> HttpResponse | HttpResponseBase:
        if too_many(request.META.get("REMOTE_ADDR", "")):
            return self.answer(
                None,
                sentence=_("Too many questions from your network. Please wait a minute."),
                status=429,
            )
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST + AROUND:
            sentence = _(
                "This file is larger than 60 MB. Type its number instead, or use a current browser, which compares it by itself."
            )
            return self.answer(None, sentence=sentence, status=413)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, number="") -> HttpResponse:
        return self.answer(verdict(number=number) if number else None, number=number)

    def post(self, request, number="") -> HttpResponse:
        """A file (or its hash, when the browser computed it), or a typed number."""
        if form_places(request.POST, request.FILES):
            return self.answer(None, sentence=BadCharacters.sentence, status=422)
        upload, sha256 = request.FILES.get("file"), request.POST.get("sha256", "").lower()
        number = request.POST.get("number", number)[:60].strip()
        if upload is not None and not sha256:
            sha256 = hash_of(upload)
        if not sha256 and not number:
            return self.answer(
                None,
                sentence=_("Choose the PDF file, or type the number printed beside the code."),
                status=422,
            )
        found = verdict(number=number or None, sha256=sha256 or None)
        return self.answer(found, number=number, asked_file=bool(sha256))

    def answer(
        self, found, *, number="", asked_file=False, sentence="", status=200
    ) -> HttpResponse:
        context = {
            "verdict": found,
            "number": number,
            "asked_file": asked_file,
            "sentence": sentence,
        }
        response = render(self.request, "summaries/verify.html", context, status=status)
        response.headers["X-Robots-Tag"] = "noindex"
        return response


def too_many(address) -> Any:
    """Count one more question of ``address``; whether it has asked too many in this minute."""
    return counted(f"verify:{address[:60]}", seconds=60) > QUESTIONS
