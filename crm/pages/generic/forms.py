"""The form of one row: created once, edited from the version that was read, nothing typed lost."""

import copy

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from crm.errors import Conflict, Invalid, Refusal, StaleEdit
from crm.pages.generic.pages import PageMixin, ScopedObjectMixin, came_from
from crm.writing.rows import created_earlier


class FormPageView(PageMixin, FormView):
    """A form that does one thing (``perform``) and leads on.

    What is refused comes back as it was typed, with the reason and the refusal's status.
    """

    template_name = "generic/form.html"
    submit_label = gettext_lazy("Save")
    success_message = ""

    def perform(self, form: forms.Form) -> None:
        """Call the service that the form is for."""
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.perform(form)
        except Refusal as refusal:
            return self.form_refused(form, refusal)
        return self.form_done(form)

    def form_done(self, form: forms.Form) -> HttpResponse:
        """The answer where the service has done it."""
        if message := self.get_success_message(form):
            messages.success(self.request, message)
        return HttpResponseRedirect(self.get_success_url())

    def form_refused(self, form: forms.Form, refusal: Refusal) -> HttpResponse:
        """The answer where the service refused: errors of fields stand beside these."""
        if isinstance(refusal, Invalid):
            add_errors(form, refusal)
            return self.form_invalid(form)
        return self.form_invalid(form, status=refusal.status, error=str(refusal))

    def form_invalid(
        self, form: forms.Form, *, status: int = 422, **context: object
    ) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, **context), status=status)

    def get_success_message(self, form: forms.Form) -> str:
        return self.success_message

    def get_cancel_url(self) -> str:
        return ""

    def get_context_data(self, **kwargs: object) -> dict:
        about = {"submit_label": self.submit_label, "cancel_url": self.get_cancel_url()}
        return super().get_context_data(**about | kwargs)


class RowFormView(ScopedObjectMixin, FormPageView):
    """A form that does something with the row of its address (``object``)."""

    action = "change"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        self.object = self.get_object()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        self.object = self.get_object()
        return super().post(request, *args, **kwargs)

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class NounFormView(ScopedObjectMixin, FormPageView):
    """What the form that creates a row and the one that changes it have in common.

    ``service`` writes the row, called with ``get_service_kwargs``.
    """

    object = None
    service = None
    detail_name = ""

    def get_initial(self) -> dict:
        fields = self.get_form_class().base_fields
        return {name: value for name, value in self.request.GET.items() if name in fields}

    def get_form_kwargs(self) -> dict:
        """The form has a copy of the row: a ModelForm writes into its instance what was sent, and the
        service compares with what the row held.
        """
        instance = copy.copy(self.object)
        return super().get_form_kwargs() | {"instance": instance, "user": self.request.user}

    def get_success_url(self) -> str:
        return reverse(self.detail_name, args=[self.object.uid])

    def get_success_message(self, form: forms.Form) -> str:
        return self.success_message or _("Saved.")

    def get_context_data(self, **kwargs: object) -> dict:
        return super().get_context_data(**{"back": came_from(self.request)} | kwargs)


class NounCreateView(NounFormView):
    """Create a row, once however often the form is sent."""

    action = "create"

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = self.get_form()
        self.object = self.sent_before(form)
        if self.object is not None:
            return HttpResponseRedirect(self.get_success_url())
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def perform(self, form: forms.Form) -> None:
        self.object, _created = self.service(**self.get_service_kwargs(form))

    def get_service_kwargs(self, form: forms.Form) -> dict:
        return {
            "uid": form.cleaned_data["uid"],
            "payload": self.get_payload(form),
            "values": form.values(),
            "by": self.request.user,
        }

    def get_payload(self, form: forms.Form) -> dict:
        """What tells a create sent twice from another one under the same uid."""
        return form.payload()

    def get_cancel_url(self) -> str:
        return came_from(self.request)

    def sent_before(self, form: forms.Form) -> Model | None:
        """The row that this very form made when it was sent before.

        Asked first, for its own row would make it invalid.
        """
        try:
            uid = form.fields["uid"].clean(form.data.get(form.add_prefix("uid")))
            payload = self.get_payload(form)
            return (
                created_earlier(self.model, uid=uid, payload=payload, by=self.request.user)
                if uid
                else None
            )
        except (ValidationError, Conflict):
            return None


class NounChangeView(RowFormView, NounFormView):
    """Edit a row from the version that was read."""

    def perform(self, form: forms.Form) -> None:
        self.object = self.service(**self.get_service_kwargs(form))

    def get_service_kwargs(self, form: forms.Form) -> dict:
        return {
            "row": self.object,
            "values": form.values(),
            "version": form.cleaned_data["version"],
            "by": self.request.user,
        }

    def form_refused(self, form: forms.Form, refusal: Refusal) -> HttpResponse:
        """Of a stale edit: what the newest version holds where it differs, and the next save is made
        against it.
        """
        if not isinstance(refusal, StaleEdit):
            return super().form_refused(form, refusal)
        form.data = form.data.copy()
        form.data["version"] = refusal.extra["version"]
        return self.form_invalid(
            form, status=refusal.status, error=str(refusal), stale=differences(form, refusal)
        )


def differences(form: forms.Form, stale: StaleEdit) -> list[dict]:
    """The fields of a stale edit that somebody else has changed: what was typed, what is newest."""
    return [
        {
            "label": form.fields[name].label,
            "yours": told(form.fields[name], form.cleaned_data.get(name)),
            "newest": told(form.fields[name], newest),
        }
        for name, newest in stale.extra.get("changed", {}).items()
        if name in form.fields
    ]


def told(field: forms.Field, value: object) -> str:
    """A value as the form's field shows it: the words of a choice, yes or no, nothing for nothing."""
    text = "" if value is None or str(value) == "None" else str(value)
    if isinstance(field, forms.BooleanField):
        return _("yes") if text == "True" else _("no")
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return dict(field.choices).get(text, text)
    return text


def add_errors(form: forms.Form, invalid: Invalid) -> None:
    """Put a service's errors beside the fields they are about.

    Those of other fields above the form.
    """
    for name, sentences in invalid.extra.get("errors", {}).items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)
