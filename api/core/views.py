"""What every noun of the API has: a list by cursor, one row, create and change.

A room's view says what is particular.

A noun is a serializer (api/serializers) and a viewset:

    class CampaignViewSet(Creates, Changes, NounViewSet):
        serializer_class = CampaignSerializer
        filterset = CampaignFilterSet
        orderings = {"starts_on": ("starts_on",)}
        default_ordering = "-starts_on"
        create_verb = staticmethod(campaign_create)
        change_verb = staticmethod(campaign_change)
"""

import hashlib
import re
from contextlib import nullcontext
from functools import lru_cache

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from api.core.errors import PreconditionRequired
from api.core.paging import seal, unseal
from api.core.references import rows_of
from api.core.renderers import encode
from api.core.rows import CHANGE, CREATE, ROW
from crm.db.kept import kept_plans
from crm.db.paging import page_by_key
from crm.db.scope import role_may
from crm.errors import Invalid, Missing, NotAllowed
from crm.text.words import uuid_or_none
from crm.writing.rows import created_earlier

PAGE_SIZE = 50
LARGEST_PAGE = 200
SHOWING = frozenset({"cursor", "limit", "ordering"})
_VERSION = re.compile(r'"(\d{1,9})(\.[0-9a-f]+)?"')


@lru_cache(maxsize=256)
def language_for(header):
    """The language of an Accept-Language header: the first of Chinese and English that it names,
    else the default.
    """
    for name, _weight in parse_accept_lang_header(header.lower()):
        for code, _label in settings.LANGUAGES:
            if name.split("-")[0] == code.split("-")[0]:
                return code
    return settings.LANGUAGE_CODE


class JSONOnly(BaseContentNegotiation):
    """There is one representation, so nothing is negotiated.

    A body is what the handler takes, JSON nearly everywhere.
    """

    def select_parser(self, request, parsers):
        return (
            parsers[0]
            if request.content_type.split(";")[0].strip() == parsers[0].media_type
            else None
        )

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """A view of the API: in the asker's language, JSON in and out, every failure as problem
    details.
    """

    content_negotiation_class = JSONOnly
    metadata_class = None  # OPTIONS tells nothing that the schema does not

    def initialize_request(self, request, *args, **kwargs):
        if header := request.META.get("HTTP_ACCEPT_LANGUAGE"):
            translation.activate(language_for(header))
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE_METHODS:
            request.data  # noqa: B018 (a body that cannot be read is refused, whether or not the handler asks for it)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Content-Language"] = translation.get_language()
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ("Accept-Language",))
        return response

    def respond(self, data, *, status=200, headers=None, version=None):
        """``data`` as JSON with an ETag.

        304 without a body when a read's asker holds it already.
        """
        body = encode(data)
        digest = hashlib.blake2b(body, digest_size=8).hexdigest()
        etag = f'"{version}.{digest}"' if version is not None else f'"{digest}"'
        held = (
            self.request.META.get("HTTP_IF_NONE_MATCH")
            if self.request.method in ("GET", "HEAD")
            else None
        )
        if held and (
            held.strip() == "*"
            or etag in [tag.strip().removeprefix("W/") for tag in held.split(",")]
        ):
            body, status = b"", 304
        response = HttpResponse(
            body, status=status, content_type="application/json", headers=headers
        )
        response.headers["ETag"] = etag
        return response


class NounViewSet(ViewSetMixin, ApiView):
    """Reading a noun. ``orderings`` are names → columns (not nullable, without the final key)."""

    serializer_class = None
    filterset = None
    orderings = {}
    default_ordering = ""
    lookup_field = "uid"
    lookup_value_converter = "uuid"
    #: which right each handler needs; what is not named here needs "view"
    rights = {"create": "create", "partial_update": "change"}
    #: which handlers need no login
    public = frozenset()

    @property
    def model(self):
        return self.serializer_class.Meta.model

    def get_authenticators(self):
        handler = self.action_map.get(self.request.method.lower()) if self.request else None
        return [] if handler in self.public else super().get_authenticators()

    def get_permissions(self):
        return [] if self.action in self.public else super().get_permissions()

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if self.action in self.public:
            return
        if hasattr(self.model, "roles_for") and not role_may(
            request.user, self.rights.get(self.action, "view"), self.model
        ):
            raise NotAllowed()

    def rows(self, action="view"):
        """The rows that the asker may do ``action`` with."""
        return rows_of(self.model, self.request.user, action)

    def list(self, request):
        """One page of the rows in scope that fit the filters."""
        plan, query = self.serializer_class.variant(ROW).plan(), request.query_params
        ordering, name = self.ordering_of(query.get("ordering")), self.model._meta.model_name
        page = self.page(
            plan,
            query,
            ordering,
            self.limit_of(query.get("limit")),
            unseal(query.get("cursor"), name),
        )
        links = {
            "next": self.link(seal(page.next_cursor, name)),
            "previous": self.link(seal(page.previous_cursor, name)),
        }
        return self.respond({"results": plan.read(page), **links})

    def page(self, plan, query, ordering, size, cursor):
        """The selected rows of one page.

        Where filters or a scope decide, the keys are found first, from the noun's own table alone,
        and then the rows of these keys: planning all joins and conditions together takes PostgreSQL
        forty times as long as running them. Whatever does not hang on filters is read by kept
        plans.
        """
        scoped, columns = self.rows(), [column.lstrip("-") for column in ordering]
        rows, plans = (
            self.filtered(scoped, query),
            kept_plans if SHOWING.issuperset(query) else nullcontext,
        )
        if plans is kept_plans and not scoped.query.where.children:
            with kept_plans():
                return page_by_key(plan.select(rows, *columns), ordering, size=size, cursor=cursor)
        with plans():
            page = page_by_key(rows.values("pk", *columns), ordering, size=size, cursor=cursor)
        keys = [row["pk"] for row in page]
        with kept_plans():
            found = {
                row["pk"]: row
                for row in plan.select(self.model._default_manager.filter(pk__in=keys), "pk")
            }
        page[:] = [found[key] for key in keys if key in found]
        return page

    def retrieve(self, request, **lookup):
        """One row in full."""
        return self.answer(lookup[self.lookup_field])

    def answer(self, key, asked=False, **response):
        """The one row in scope whose public key is ``key``, in full.

        Missing for a foreign row and for no row alike.

        ``asked``: a verb has just made sure that it is in scope.
        """
        plan = self.serializer_class.plan()
        if not asked:
            self.require(key)
        found = plan.by(self.lookup_field)(key)
        if not found:
            raise Missing()
        answer = plan.read(found)[0]
        return self.respond(answer, version=answer.get("version"), **response)

    def require(self, key):
        """Raise Missing unless the row of this public key is in scope."""
        rows = self.rows()
        if rows.query.where.children:  # else everything is in scope
            with kept_plans():
                if not rows.filter(**{self.lookup_field: key}).exists():
                    raise Missing()

    def row(self, lookup, action="change"):
        """The one row (an instance) that the asker may do ``action`` with.

        Missing for any other.
        """
        with kept_plans():
            rows = list(self.rows(action).filter(**lookup)[:1])
        if not rows:
            raise Missing()
        return rows[0]

    def filtered(self, rows, query):
        """The ``rows`` that fit the filters in ``query``.

        Invalid for an unknown filter and for a bad value.
        """
        names, known = frozenset(query) - SHOWING, self.filterset.parameters()
        if unknown := names - known:
            sentence = _("There is no filter of this name.")
            raise Invalid(errors={name: [sentence] for name in sorted(unknown)})
        if not names:
            return self.filterset.by_default(rows)
        filters = self.filterset(query, queryset=rows, user=self.request.user, only=names)
        if not filters.is_valid():
            raise Invalid(errors=dict(filters.errors))
        return filters.qs

    def ordering_of(self, name):
        """The columns that ``ordering`` means, ending with the key.

        Invalid for a name that this list does not have.
        """
        name = name or self.default_ordering
        columns = self.orderings.get(name.removeprefix("-"))
        if columns is None:
            known = ", ".join(self.orderings)
            raise Invalid(
                errors={"ordering": [_("This list is ordered by: %(names)s.") % {"names": known}]}
            )
        columns = (*columns, "-pk" if columns[-1].startswith("-") else "pk")
        if name.startswith("-"):
            columns = tuple(
                column[1:] if column.startswith("-") else f"-{column}" for column in columns
            )
        return columns

    def limit_of(self, text):
        """How many rows a page holds."""
        if text is None:
            return PAGE_SIZE
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LARGEST_PAGE):
            raise Invalid(
                errors={"limit": [_("A page holds 1 to %(most)d rows.") % {"most": LARGEST_PAGE}]}
            )
        return int(text)

    def link(self, cursor):
        """The address of another page of the same list (a URI reference); None without a cursor."""
        if cursor is None:
            return None
        query = self.request.query_params.copy()
        query["cursor"] = cursor
        return f"{self.request.path}?{query.urlencode()}"

    def taken(self, serializer_class, data, **options):
        """The checked values of a body.

        Invalid (as DRF's ValidationError) with what is wrong in it.
        """
        serializer = serializer_class(data=data, context={"user": self.request.user}, **options)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def version_of(self, data):
        """The version that a change was made from, by If-Match or taken out of the body's values."""
        header, written = self.request.META.get("HTTP_IF_MATCH"), data.pop("version", None)
        if header is None and written is None:
            raise PreconditionRequired()
        if header is None:
            return written
        match = _VERSION.fullmatch(header.strip())
        if match is None:
            raise PreconditionRequired()
        if written is not None and written != int(match[1]):
            raise Invalid(errors={"version": [_("The header If-Match names another version.")]})
        return int(match[1])


class Creates:
    """POST to the list.

    The client chooses the uid: the same request again gets the same answer, and makes nothing.
    """

    create_verb = None

    def create(self, request):
        """Create a row; 201, or 200 when the same create was sent before."""
        body = request.data
        try:
            values = self.taken(self.serializer_class.variant(CREATE), body)
        except ValidationError:
            # What a repeated create names may be out of use by now: it still gets its answer.
            row, created = self.earlier(body), False
            if row is None:
                raise
        else:
            row, created = self.create_verb(
                uid=values.pop("uid"), payload=body, values=values, by=request.user
            )
        headers = {"Location": f"{request.path}{row.uid}/"}
        return self.answer(row.uid, asked=created, status=201 if created else 200, headers=headers)

    def earlier(self, body):
        """The row that the same request created before, or None."""
        uid = uuid_or_none(body.get("uid"))
        return (
            created_earlier(self.model, uid=uid, payload=body, by=self.request.user)
            if uid
            else None
        )


class Changes:
    """PATCH to a row, from the version that was read."""

    change_verb = None

    def partial_update(self, request, uid):
        """Change the fields that are named; 412 with what changed when somebody else was faster."""
        row = self.row({"uid": uid})
        values = self.taken(
            self.serializer_class.variant(CHANGE), request.data, instance=row, partial=True
        )
        version = self.version_of(values)
        self.change_verb(row=row, values=values, version=version, by=request.user)
        return self.answer(uid, asked=True)
