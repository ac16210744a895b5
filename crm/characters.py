"""Characters that no text of ours can hold: a NUL, which PostgreSQL refuses, and halves of characters, which no encoding has.

They are refused early, once for all routes: in the address and the query before anything reads them, in a form once it
is known to come from a page of ours (its answer holds what was typed, ready to be sent without them), in the API's
bodies by its parsers. A cookie that holds one counts as not sent.
"""

import re

from django.core.exceptions import BadRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from crm.errors import Refusal

_UNFIT = re.compile("[\x00\ud800-\udfff]")


class BadCharacters(Refusal, BadRequest):
    """A request that holds such a character; Django answers it with handler400 where nobody else does."""

    code = "malformed"
    sentence = _("This holds a control character (NUL) that no text can hold. Take it out and send it again.")


def is_unfit(value):
    """Whether a text, or any text or key at any depth of lists and dicts, holds such a character."""
    if isinstance(value, str):
        return not value.isascii() and _UNFIT.search(value) is not None or "\0" in value
    if isinstance(value, dict):
        return any(is_unfit(key) or is_unfit(below) for key, below in value.items())
    if isinstance(value, (list, tuple)):
        return any(is_unfit(below) for below in value)
    return False


def form_is_unfit(fields, files):
    """``is_unfit`` of a form's fields and of its files' names."""
    return any(is_unfit([name, *values]) for name, values in fields.lists()) or any(
        is_unfit([name, *(file.name for file in found)]) for name, found in files.lists()
    )


class AddressMiddleware:
    """Refuse an address or a query with such a character, and leave out such cookies; stands before whatever reads them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if is_unfit(request.path_info) or is_unfit(list(request.GET.lists())):
            raise BadCharacters()
        for name in [name for name, value in request.COOKIES.items() if is_unfit([name, value])]:
            del request.COOKIES[name]
        return self.get_response(request)


class FormMiddleware:
    """Refuse a form with such a character, with a page that sends it without; stands after the CSRF check has read it.

    A view that the check leaves out reads its form by itself (the API by its parsers) and asks ``form_is_unfit``.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """The page, or None for what may go on."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False) or not form_is_unfit(request.POST, request.FILES):
            return None
        typed = [
            (_UNFIT.sub("", name), _UNFIT.sub("", value))
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken" and "password" not in name
        ]
        context = {"typed": typed, "address": request.get_full_path(), "files": bool(request.FILES), "sentence": BadCharacters.sentence}
        return render(request, "errors/characters.html", context, status=422)
