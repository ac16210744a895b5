"""The main job: recording a visit on a telephone, with a draft that is kept while one types."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.errors import Invalid, Refusal
from crm.pages.generic import FormState, NounFormView, PageView, add_errors, row_or_missing
from crm.text.words import uuid_or_none
from liaisons.models import Enterprise
from visits.attachments.photos import photo_keep
from visits.models import Photo, Visit, VisitDraft
from visits.problems.forms import category_choices
from visits.recording.calls import lately_called
from visits.recording.drafts import draft_keep
from visits.recording.forms import ProblemFormSet, VisitForm
from visits.recording.services import require_caller, require_in_force, visit_change, visit_record


class VisitCreateView(PageView):
    """A new visit to one enterprise.

    The draft of it, if there is one, is taken up again with its uid.
    """

    model = Visit
    action = "create"
    template = "recording/visit_form.html"

    def enterprise(self, uid):
        return row_or_missing(
            Enterprise.objects.visible_to(self.request.user).select_related("unit"), uid=uid
        )

    def get(self, request, uid):
        require_caller(request.user)
        enterprise = self.enterprise(uid)
        draft = VisitDraft.objects.visible_to(request.user).filter(enterprise=enterprise).first()
        initial = {
            "started_at": timezone.localtime().replace(second=0, microsecond=0),
            "uid": uuid.uuid4(),
        }
        if "project" in request.GET:
            initial["project"] = enterprise.projects.filter(
                uid=uuid_or_none(request.GET["project"])
            ).first()
        lines = []
        if draft:
            initial, lines = initial | _initial_of(draft), _lines_of(draft)
            initial["uid"] = draft.uid
        form = VisitForm(user=request.user, enterprise=enterprise, initial=initial)
        formset = ProblemFormSet(
            initial=lines,
            prefix="problem",
            form_kwargs={"categories": category_choices(), "enterprise": enterprise},
        )
        return self.show(enterprise, form, formset, draft=draft)

    def post(self, request, uid):
        enterprise = self.enterprise(uid)
        sent = request.POST.copy()
        # The page that is shown again needs one for its draft and photos.
        if uuid_or_none(sent.get("uid")) is None:
            sent["uid"] = str(uuid.uuid4())
        form = VisitForm(sent, user=request.user, enterprise=enterprise)
        formset = ProblemFormSet(
            sent,
            prefix="problem",
            form_kwargs={"categories": category_choices(), "enterprise": enterprise},
        )
        valid = form.is_valid() & formset.is_valid()
        visit_uid = uuid_or_none(sent["uid"])
        state, status = FormState(), 422
        try:
            for upload in request.FILES.getlist("photos"):
                photo_keep(visit_uid=visit_uid, upload=upload, by=request.user)
            if valid:
                visit, created = visit_record(
                    uid=visit_uid,
                    payload={
                        "enterprise": str(enterprise.uid),
                        **form.payload(),
                        "problems": formset.payload(),
                    },
                    values=form.values() | {"enterprise": enterprise, "problems": formset.values()},
                    by=request.user,
                )
                messages.success(
                    request,
                    _("The visit has been recorded.")
                    if created
                    else _("This visit was already recorded."),
                )
                return HttpResponseRedirect(reverse("visit_detail", args=[visit.uid]))
        except Invalid as invalid:
            add_errors(form, invalid)
            state = FormState(error=str(invalid))
        except Refusal as refusal:
            state, status = FormState(error=str(refusal)), refusal.status
        return self.show(enterprise, form, formset, state, status)

    def show(self, enterprise, form, formset, state=None, status=200, draft=None):
        state = state or FormState()
        visit_uid = form["uid"].value()
        context = {
            "title": _("New visit"),
            "enterprise": enterprise,
            "form": form,
            "lines": formset,
            "draft": draft,
            "calls": lately_called(enterprise, other_than=self.request.user.unit),
            "photos": Photo.objects.visible_to(self.request.user).filter(
                visit_uid=uuid_or_none(visit_uid), visit__isnull=True
            ),
            "error": state.error,
            "stale": state.stale,
            "cancel_url": reverse("enterprise_detail", args=[enterprise.uid]),
            "submit_label": _("Record the visit"),
        }
        return render(self.request, self.template, context, status=status)


class VisitChangeView(NounFormView):
    """Correct a visit."""

    model = Visit
    action = "change"
    template = "recording/visit_form.html"
    detail_name = "visit_detail"

    def row_for(self, request, **kwargs):
        queryset = Visit.objects.visible_to(request.user, "change").select_related(
            "enterprise", "enterprise__unit"
        )
        visit = row_or_missing(queryset, uid=kwargs["uid"])
        if request.method == "GET":
            require_in_force(visit)
        self.form_class = lambda *args, **rest: VisitForm(
            *args, enterprise=visit.enterprise, **rest
        )
        return visit

    def initial(self, request, **kwargs):
        return {}

    def save(self, form, row):
        return visit_change(
            row=row,
            values=form.values(),
            version=form.cleaned_data["version"],
            by=self.request.user,
        )

    def more(self, form, row):
        return {"title": _("Edit visit"), "enterprise": row.enterprise}


class VisitDraftView(PageView):
    """Keep what is being typed (POST, the form as it stands), or throw it away (POST with
    ``discard``).

    Answers in JSON: ``kept`` (the time), or with 422 the ``sentence`` that says why not; 204 where
    nothing is left to be kept.
    """

    model = VisitDraft
    action = "create"

    def post(self, request, uid, draft_uid):
        enterprise = row_or_missing(Enterprise.objects.visible_to(request.user), uid=uid)
        drafts = VisitDraft.objects.visible_to(request.user).filter(enterprise=enterprise)
        if "discard" in request.POST:
            drafts.delete()
            messages.info(request, _("The draft was thrown away."))
            return HttpResponseRedirect(reverse("enterprise_detail", args=[enterprise.uid]))
        fields = {
            name: values
            for name, values in request.POST.lists()
            if name not in {"csrfmiddlewaretoken", "latitude", "longitude"}
        }
        try:
            is_kept = draft_keep(
                uid=draft_uid, enterprise=enterprise, fields=fields, by=request.user
            )
        except Invalid as invalid:
            return JsonResponse({"sentence": str(invalid)}, status=invalid.status)
        if not is_kept:
            return HttpResponse(status=204)
        return JsonResponse({"kept": timezone.localtime().strftime("%H:%M:%S")})


def _initial_of(draft):
    """A draft's values as initial values of the form: lists for the sets, single values for the
    rest.
    """
    several = {"companions", "topics", "services"}
    return {
        name: values if name in several else values[-1]
        for name, values in draft.fields.items()
        if values
    }


def _lines_of(draft):
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
