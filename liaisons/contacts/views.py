"""The pages of contacts: masked until revealed, and each reveal is audited."""

from functools import cached_property

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.pages.generic import (
    Column,
    NounChangeView,
    NounCreateView,
    NounListView,
    PageView,
    RowView,
    ScopedObjectMixin,
    row_or_missing,
)
from liaisons.contacts.filters import ContactFilterSet
from liaisons.contacts.services import contact_change, contact_create, contact_reveal
from liaisons.enterprises.forms import ContactForm
from liaisons.models import Contact, Enterprise


class ContactListView(NounListView):
    """The contacts of all enterprises in scope, masked; found by whole name or number."""

    model = Contact
    filterset_class = ContactFilterSet
    name = "contact_list"
    default_sort = "enterprise"
    related = ("enterprise",)
    orderings = {"enterprise": ("enterprise_id",)}
    columns = (
        Column("name", gettext_lazy("Person's name"), lambda c: c.masked_name, main=True),
        Column("job_title", gettext_lazy("Job title"), lambda c: c.job_title),
        Column("work_phone", gettext_lazy("Work phone"), lambda c: c.masked_phone),
        Column("of", gettext_lazy("Enterprise"), lambda c: c.enterprise.name),
    )

    def row_url(self, row: Contact) -> str:
        return reverse("enterprise_detail", args=[row.enterprise.uid])


class ContactPanelView(RowView):
    """The contacts of one enterprise, as a part of its page."""

    of, model = Enterprise, Contact
    template_name = "contacts/contact_panel.html"

    def get_context_data(self, **kwargs: object) -> dict:
        contacts = (
            Contact.objects.visible_to(self.request.user)
            .filter(enterprise=self.object, left_on__isnull=True)
            .order_by("-is_main", "pk")
        )
        return super().get_context_data(contacts=contacts, **kwargs)


class ContactRevealView(ScopedObjectMixin, PageView):
    """One contact in full, for the moment."""

    model = Contact
    action = "reveal"
    related = ("enterprise",)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        contact = self.get_object()
        revealed = contact_reveal(contact=contact, by=request.user)
        return render(
            request, "contacts/contact_row.html", {"contact": contact, "revealed": revealed}
        )


class ContactCreateView(NounCreateView):
    model = Contact
    form_class = ContactForm
    service = staticmethod(contact_create)
    title = gettext_lazy("New contact")

    @cached_property
    def enterprise(self) -> Enterprise:
        rows = Enterprise.objects.visible_to(self.request.user)
        return row_or_missing(rows, uid=self.kwargs["uid"])

    def get_payload(self, form: ContactForm) -> dict:
        return super().get_payload(form) | {"of": str(self.enterprise.uid)}

    def get_service_kwargs(self, form: ContactForm) -> dict:
        values = form.values() | {"enterprise": self.enterprise}
        return super().get_service_kwargs(form) | {"values": values}

    def get_success_url(self) -> str:
        return reverse("enterprise_detail", args=[self.enterprise.uid])

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_context_data(self, **kwargs: object) -> dict:
        return super().get_context_data(subtitle=str(self.enterprise), **kwargs)


class ContactChangeView(NounChangeView):
    """The form shows the contact in full, so it is a reveal and audited as one."""

    model = Contact
    related = ("enterprise",)
    form_class = ContactForm
    service = staticmethod(contact_change)
    title = gettext_lazy("Edit contact")

    def get_object(self, queryset: QuerySet | None = None) -> Contact:
        contact = super().get_object(queryset)
        if self.request.method != "POST":
            contact_reveal(contact=contact, by=self.request.user)
        return contact

    def get_success_url(self) -> str:
        return reverse("enterprise_detail", args=[self.object.enterprise.uid])
