"""The main job: recording a visit on a telephone, with a draft that is kept while one types."""

import uuid
from functools import cached_property

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import Invalid, Refusal
from crm.pages.generic import (
    FormPageView,
    NounChangeView,
    PageView,
    RowFormView,
    ScopedObjectMixin,
    add_errors,
    row_or_missing,
)
from crm.text.words import uuid_or_none
from liaisons.models import Enterprise
from visits.attachments.photos import photo_keep
from visits.models import Photo, Visit, VisitDraft
from visits.problems.forms import category_choices
from visits.recording.calls import lately_called
from visits.recording.drafts import draft_keep
from visits.recording.forms import ProblemFormSet, VisitForm, WithdrawForm
from visits.recording.services import (
    require_caller,
    require_in_force,
    visit_change,
    visit_record,
    visit_withdraw,
)


class VisitCreateView(FormPageView):
    """A new visit to one enterprise.

    The draft of it, if there is one, is taken up again with its uid.
    """

    model = Visit
    action = "create"
    object = None
    form_class = VisitForm
    template_name = "recording/visit_form.html"
    title, submit_label = gettext_lazy("New visit"), gettext_lazy("Record the visit")
    created = False

    @cached_property
    def enterprise(self) -> Enterprise:
        rows = Enterprise.objects.visible_to(self.request.user).select_related("unit")
        return row_or_missing(rows, uid=self.kwargs["uid"])

    @cached_property
    def draft(self) -> VisitDraft | None:
        """What was being typed when the page was left; nothing where the form has been sent."""
        if self.request.method == "POST":
            return None
        drafts = VisitDraft.objects.visible_to(self.request.user)
        return drafts.filter(enterprise=self.enterprise).first()

    @cached_property
    def sent(self) -> QueryDict:
        """What was sent; the page that is shown again needs a uid for its draft and photos."""
        sent = self.request.POST.copy()
        if uuid_or_none(sent.get("uid")) is None:
            sent["uid"] = str(uuid.uuid4())
        return sent

    @cached_property
    def formset(self) -> BaseFormSet:
        """The lines for problems."""
        about = {"categories": category_choices(), "enterprise": self.enterprise}
        if self.request.method == "POST":
            return ProblemFormSet(self.sent, prefix="problem", form_kwargs=about)
        lines = _lines_of(self.draft) if self.draft else []
        return ProblemFormSet(initial=lines, prefix="problem", form_kwargs=about)

    def get_initial(self) -> dict:
        initial = {
            "started_at": timezone.localtime().replace(second=0, microsecond=0),
            "uid": uuid.uuid4(),
        }
        if "project" in self.request.GET:
            project = uuid_or_none(self.request.GET["project"])
            initial["project"] = self.enterprise.projects.filter(uid=project).first()
        return initial | (_initial_of(self.draft) | {"uid": self.draft.uid} if self.draft else {})

    def get_form_kwargs(self) -> dict:
        about = {"user": self.request.user, "enterprise": self.enterprise}
        if self.request.method == "POST":
            return about | {"data": self.sent}
        return about | {"initial": self.get_initial()}

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        require_caller(request.user)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Pictures that were good are kept, whatever else is wrong."""
        form = self.get_form()
        valid = form.is_valid() & self.formset.is_valid()
        try:
            for upload in request.FILES.getlist("photos"):
                photo_keep(visit_uid=self.visit_uid, upload=upload, by=request.user)
        except Refusal as refusal:
            return self.form_refused(form, refusal)
        return self.form_valid(form) if valid else self.form_invalid(form)

    @property
    def visit_uid(self) -> uuid.UUID:
        return uuid_or_none(self.sent["uid"])

    def perform(self, form: VisitForm) -> None:
        self.object, self.created = visit_record(
            uid=self.visit_uid,
            payload={
                "enterprise": str(self.enterprise.uid),
                **form.payload(),
                "problems": self.formset.payload(),
            },
            values=form.values()
            | {"enterprise": self.enterprise, "problems": self.formset.values()},
            by=self.request.user,
        )

    def form_refused(self, form: VisitForm, refusal: Refusal) -> HttpResponse:
        if isinstance(refusal, Invalid):
            add_errors(form, refusal)
        return self.form_invalid(form, status=refusal.status, error=str(refusal))

    def get_success_message(self, form: VisitForm) -> str:
        return (
            _("The visit has been recorded.")
            if self.created
            else _("This visit was already recorded.")
        )

    def get_success_url(self) -> str:
        return reverse("visit_detail", args=[self.object.uid])

    def get_cancel_url(self) -> str:
        return reverse("enterprise_detail", args=[self.enterprise.uid])

    def get_context_data(self, **kwargs: object) -> dict:
        context, user = super().get_context_data(**kwargs), self.request.user
        visit_uid = uuid_or_none(context["form"]["uid"].value())
        return context | {
            "enterprise": self.enterprise,
            "lines": self.formset,
            "draft": self.draft,
            "calls": lately_called(self.enterprise, other_than=user.unit),
            "photos": Photo.objects.visible_to(user).filter(
                visit_uid=visit_uid, visit__isnull=True
            ),
        }


class VisitChangeView(NounChangeView):
    """Correct a visit."""

    model = Visit
    related = ("enterprise", "enterprise__unit")
    form_class = VisitForm
    service = staticmethod(visit_change)
    template_name = "recording/visit_form.html"
    detail_name = "visit_detail"
    title = gettext_lazy("Edit visit")

    def get_object(self, queryset: QuerySet | None = None) -> Visit:
        visit = super().get_object(queryset)
        if self.request.method != "POST":
            require_in_force(visit)
        return visit

    def get_initial(self) -> dict:
        return {}

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"enterprise": self.object.enterprise}

    def get_context_data(self, **kwargs: object) -> dict:
        return super().get_context_data(enterprise=self.object.enterprise, **kwargs)


class VisitWithdrawView(RowFormView):
    """Withdraw a visit, with the reason."""

    model = Visit
    related = ("enterprise",)
    form_class = WithdrawForm
    template_name = "recording/visit_withdraw.html"
    success_message = gettext_lazy("The visit was withdrawn. It is kept and counts nowhere.")

    def get_object(self, queryset: QuerySet | None = None) -> Visit:
        visit = super().get_object(queryset)
        if self.request.method != "POST":
            require_in_force(visit)
        return visit

    def perform(self, form: WithdrawForm) -> None:
        visit_withdraw(visit=self.object, **form.cleaned_data, by=self.request.user)

    def form_refused(self, form: WithdrawForm, refusal: Refusal) -> HttpResponse:
        return self.form_invalid(form, status=refusal.status, error=refusal.reasons())

    def get_success_url(self) -> str:
        return reverse("visit_detail", args=[self.object.uid])


class VisitDraftView(ScopedObjectMixin, PageView):
    """Keep what is being typed (POST, the form as it stands), or throw it away (POST with
    ``discard``).

    Answers in JSON: ``kept`` (the time), or with 422 the ``sentence`` that says why not; 204 where
    nothing is left to be kept.
    """

    model = VisitDraft
    action = "create"
    of = Enterprise

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        enterprise = self.get_object()
        if "discard" in request.POST:
            VisitDraft.objects.visible_to(request.user).filter(enterprise=enterprise).delete()
            messages.info(request, _("The draft was thrown away."))
            return HttpResponseRedirect(reverse("enterprise_detail", args=[enterprise.uid]))
        fields = {
            name: values
            for name, values in request.POST.lists()
            if name not in {"csrfmiddlewaretoken", "latitude", "longitude"}
        }
        try:
            is_kept = draft_keep(
                uid=kwargs["draft_uid"], enterprise=enterprise, fields=fields, by=request.user
            )
        except Invalid as invalid:
            return JsonResponse({"sentence": str(invalid)}, status=invalid.status)
        if not is_kept:
            return HttpResponse(status=204)
        return JsonResponse({"kept": timezone.localtime().strftime("%H:%M:%S")})


def _initial_of(draft: VisitDraft) -> dict:
    """A draft's values as initial values of the form: lists for the sets, single values for the
    rest.
    """
    several = {"companions", "topics", "services"}
    return {
        name: values if name in several else values[-1]
        for name, values in draft.fields.items()
        if values
    }


def _lines_of(draft: VisitDraft) -> list[dict]:
    """The problem lines of a draft as initial values of the formset."""
    lines = {}
    for name, values in draft.fields.items():
        parts = name.split("-", 2)
        if len(parts) == 3 and parts[0] == "problem" and parts[1].isdigit() and values:
            lines.setdefault(int(parts[1]), {})[parts[2]] = values[-1]
    return [
        line
        for _position, line in sorted(lines.items())
        if line.get("title") or line.get("description")
    ]
