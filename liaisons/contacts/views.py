"""The pages of contacts: masked until revealed, and each reveal is audited."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.pages.generic import Column, NounFormView, NounListView, PageView, row_or_missing
from liaisons.contacts.filters import ContactFilterSet
from liaisons.contacts.services import contact_change, contact_create, contact_reveal
from liaisons.enterprises.forms import ContactForm
from liaisons.models import Contact, Enterprise


class ContactListView(NounListView):
    """The contacts of all enterprises in scope, masked; found by whole name or number."""

    model = Contact
    filterset = ContactFilterSet
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

    def row_url(self, row):
        return reverse("enterprise_detail", args=[row.enterprise.uid])


class ContactPanelView(PageView):
    """The contacts of one enterprise, as a part of its page."""

    model = Contact

    def get(self, request, uid):
        enterprise = row_or_missing(Enterprise.objects.visible_to(request.user), uid=uid)
        contacts = (
            Contact.objects.visible_to(request.user)
            .filter(enterprise=enterprise, left_on__isnull=True)
            .order_by("-is_main", "pk")
        )
        return render(
            request, "contacts/contact_panel.html", {"enterprise": enterprise, "contacts": contacts}
        )


class ContactRevealView(PageView):
    """One contact in full, for the moment."""

    model = Contact
    action = "reveal"

    def post(self, request, uid):
        contact = row_or_missing(
            Contact.objects.visible_to(request.user, "reveal").select_related("enterprise"), uid=uid
        )
        revealed = contact_reveal(contact=contact, by=request.user)
        return render(
            request, "contacts/contact_row.html", {"contact": contact, "revealed": revealed}
        )


class ContactCreateView(NounFormView):
    model = Contact
    action = "create"
    form_class = ContactForm
    title = gettext_lazy("New contact")

    def row_for(self, request, **kwargs):
        self.enterprise = row_or_missing(
            Enterprise.objects.visible_to(request.user), uid=kwargs["uid"]
        )

    def save(self, form, row):
        contact, _created = contact_create(
            uid=form.cleaned_data["uid"],
            payload=self.payload(form),
            by=self.request.user,
            values=form.values() | {"enterprise": self.enterprise},
        )
        return contact

    def payload(self, form):
        return super().payload(form) | {"of": str(self.enterprise.uid)}

    def done_url(self, row):
        return reverse("enterprise_detail", args=[self.enterprise.uid])

    def more(self, form, row):
        return {"subtitle": str(self.enterprise), "cancel_url": self.done_url(row)}


class ContactChangeView(NounFormView):
    model = Contact
    action = "change"
    form_class = ContactForm
    title = gettext_lazy("Edit contact")

    def get(self, request, **kwargs):
        """The form shows the contact in full, so it is a reveal and audited as one."""
        row = row_or_missing(
            Contact.objects.visible_to(request.user, "change").select_related("enterprise"),
            uid=kwargs["uid"],
        )
        contact_reveal(contact=row, by=request.user)
        return super().get(request, **kwargs)

    def save(self, form, row):
        return contact_change(
            row=row,
            values=form.values(),
            version=form.cleaned_data["version"],
            by=self.request.user,
        )

    def done_url(self, row):
        return reverse("enterprise_detail", args=[row.enterprise.uid])
