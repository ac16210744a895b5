"""The form of one row: created once, edited from the version that was read, nothing typed lost."""

from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.errors import Conflict, Invalid, Refusal, StaleEdit
from crm.pages.generic.pages import PageView, came_from, row_or_missing
from crm.writing.rows import created_earlier


@dataclass
class FormState:
    """What a form page shows beside its form."""

    error: str = ""
    stale: list = field(default_factory=list)


class NounFormView(PageView):
    """Create or edit one row. ``save(form, row)`` calls the verb and returns the saved row."""

    form_class = None
    template = "generic/form.html"
    title = ""
    submit_label = ""
    done_message = ""

    def row_for(self, request, **kwargs):
        """The row to edit, or None for a create."""
        if "uid" not in kwargs:
            return None
        return row_or_missing(
            self.model.objects.visible_to(request.user, "change"), uid=kwargs["uid"]
        )

    def form_options(self):
        """What else the form is made with, once ``row_for`` has been asked."""
        return {}

    def initial(self, request, **kwargs):
        return {
            name: value
            for name, value in request.GET.items()
            if name in self.form_class.base_fields
        }

    def get(self, request, **kwargs):
        row = self.row_for(request, **kwargs)
        form = self.form_class(
            instance=row,
            user=request.user,
            initial=self.initial(request, **kwargs),
            **self.form_options(),
        )
        return self.show(form, row)

    def post(self, request, **kwargs):
        row = self.row_for(request, **kwargs)
        form = self.form_class(
            request.POST, request.FILES, instance=row, user=request.user, **self.form_options()
        )
        state, status = FormState(), 422
        if row is None and (earlier := self.sent_before(form)) is not None:
            return HttpResponseRedirect(self.done_url(earlier))
        if form.is_valid():
            try:
                saved = self.save(form, row)
            except StaleEdit as stale:
                state, status = self.stale(form, row, stale), 412
            except Invalid as invalid:
                add_errors(form, invalid)
            except Refusal as refusal:
                state, status = FormState(error=str(refusal)), refusal.status
            else:
                messages.success(request, self.done_message or _("Saved."))
                return HttpResponseRedirect(self.done_url(saved))
        return self.show(form, row, state, status)

    def save(self, form, row):
        raise NotImplementedError

    def payload(self, form):
        """What tells a create sent twice from another one under the same uid."""
        return form.payload()

    def sent_before(self, form):
        """The row that this very form made when it was sent before.

        Asked first, for its own row would make it invalid.
        """
        try:
            uid = form.fields["uid"].clean(form.data.get(form.add_prefix("uid")))
            return (
                created_earlier(
                    self.model, uid=uid, payload=self.payload(form), by=self.request.user
                )
                if uid
                else None
            )
        except (ValidationError, Conflict):
            return None

    @property
    def origin(self):
        """Where a person goes who does not create anything after all."""
        return came_from(self.request)

    def done_url(self, row):
        return reverse(self.detail_name, args=[row.uid])

    def stale(self, form, row, stale):
        """Show what the newest version holds where it differs, and let the next save be made
        against it.
        """
        form.data = form.data.copy()
        form.data["version"] = stale.extra["version"]
        changed = [
            {
                "label": form.fields[name].label,
                "yours": told(form.fields[name], form.cleaned_data.get(name)),
                "newest": told(form.fields[name], newest),
            }
            for name, newest in stale.extra.get("changed", {}).items()
            if name in form.fields
        ]
        return FormState(error=str(stale), stale=changed)

    def show(self, form, row, state=None, status=200):
        state = state or FormState()
        context = {
            "form": form,
            "object": row,
            "title": self.title,
            "submit_label": self.submit_label or _("Save"),
            "cancel_url": self.origin if row is None else self.done_url(row),
            "back": self.origin,
            "error": state.error,
            "stale": state.stale,
        }
        return render(self.request, self.template, context | self.more(form, row), status=status)

    def more(self, form, row):
        return {}


def told(field, value):
    """A value as the form's field shows it: the words of a choice, yes or no, nothing for nothing."""
    text = "" if value is None or str(value) == "None" else str(value)
    if isinstance(field, forms.BooleanField):
        return _("yes") if text == "True" else _("no")
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return dict(field.choices).get(text, text)
    return text


def add_errors(form, invalid):
    """Put a verb's errors beside the fields they are about.

    Those of other fields above the form.
    """
    for name, sentences in invalid.extra.get("errors", {}).items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)
