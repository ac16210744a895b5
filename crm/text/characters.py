"""Characters that no text of ours can hold: a NUL, which PostgreSQL refuses, and halves of
characters, which no encoding has.

They are refused early, once for all routes: in the address and the query before anything reads
them, in a form once it is known to come from a page of ours (its answer holds what was typed, ready
to be sent without them), in the API's bodies by its parsers. A cookie that holds one counts as not
sent.
"""

import re
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from crm.errors import Invalid, Refusal

#: The page that sends a form again may stand behind a secret address.
SECRET = {
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer, strict-origin",
    "Cache-Control": "no-store",
}
_UNFIT = re.compile("[\x00\ud800-\udfff]")


class BadCharacters(Refusal, BadRequest):
    """A request that holds such a character.

    Django answers it with handler400 where nobody else does.
    """

    code = "malformed"
    sentence = _(
        "This holds a control character (NUL) that no text can hold. Take it out and send it again."
    )


def is_unfit(text) -> bool:
    """Whether a text holds such a character."""
    return "\0" in text or (not text.isascii() and _UNFIT.search(text) is not None)


def unfit_places(value, place="") -> list[str] | list:
    """Where texts and keys hold such a character, at any depth of lists and dicts:
    ``problems.0.title``; of a key, where its dict is.
    """
    if isinstance(value, str):
        return [place] if is_unfit(value) else []
    if isinstance(value, dict):
        keys = [place] if any(is_unfit(key) for key in value) else []
        return keys + [
            found
            for key, below in value.items()
            if not is_unfit(key)
            for found in unfit_places(below, _below(place, key))
        ]
    if isinstance(value, (list, tuple)):
        return [
            found
            for number, below in enumerate(value)
            for found in unfit_places(below, _below(place, number))
        ]
    return []


def _below(place, name) -> str:
    return f"{place}.{name}" if place else str(name)


def form_places(fields, files) -> list[str] | list:
    """``unfit_places`` of a form, by the names of its fields and files."""
    sent = {name: [*values] for name, values in fields.lists()}
    for name, found in files.lists():
        sent[name] = [*sent.get(name, ()), *(file.name or "" for file in found)]
    return unfit_places({name: "".join(values) for name, values in sent.items()})


def require_fit(places) -> None:
    """Raise Invalid with a sentence at each of the places."""
    if places:
        raise Invalid(errors={place: [BadCharacters.sentence] for place in dict.fromkeys(places)})


class AddressMiddleware:
    """Refuse an address or a query with such a character, and leave out such cookies.

    Stands before whatever reads them.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request) -> Any:
        if is_unfit(request.path_info):
            raise BadCharacters()
        if places := form_places(request.GET, MultiValueDict()):
            raise BadCharacters(errors={place: [BadCharacters.sentence] for place in places})
        for name in [name for name, value in request.COOKIES.items() if is_unfit(name + value)]:
            del request.COOKIES[name]
        return self.get_response(request)


def _mended(form: QueryDict) -> list[tuple[str, str]]:
    """The names and values of a form without such characters, and without what is secret."""
    return [
        (_UNFIT.sub("", name), _UNFIT.sub("", value))
        for name, values in form.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]


class FormMiddleware:
    """Refuse a form with such a character, with a page that sends it without.

    Stands after the CSRF check has read it.

    A view that the check leaves out reads its form by itself (the API by its parsers) and asks
    ``form_places``.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request) -> Any:
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs) -> HttpResponse | None:
        """The page, or None for what may go on."""
        if (
            request.method != "POST"
            or getattr(view, "csrf_exempt", False)
            or not form_places(request.POST, request.FILES)
        ):
            return None
        return self._page(request)

    def _page(self, request: HttpRequest) -> HttpResponse:
        context = {
            "typed": _mended(request.POST),
            "address": request.get_full_path(),
            "files": bool(request.FILES),
            "sentence": BadCharacters.sentence,
        }
        page = render(request, "errors/characters.html", context, status=422)
        for name, value in SECRET.items():
            page.headers[name] = value
        return page
