"""The pages of accounts, for the administrators."""

import django_filters
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.scope import role_may
from crm.errors import Invalid
from crm.models import Role, User
from crm.org import accounts
from crm.org.forms import AccountForm, MoveForm, RoleForm
from crm.org.lockouts import HERE, locked_now
from crm.pages.filters import NounFilterSet, UnitFilter, YesFilter
from crm.pages.generic import (
    Action,
    Column,
    NounDetailView,
    NounListView,
    PageView,
    add_errors,
    row_or_missing,
)


class AccountFilterSet(NounFilterSet):
    """``q`` is a part of the name or the beginning of the police number.

    Ended accounts are found with ``ended=1``.
    """

    q = django_filters.CharFilter(method="by_name", label=gettext_lazy("Name or police number"))
    unit = UnitFilter()
    role = django_filters.ChoiceFilter(choices=Role.choices, label=gettext_lazy("Role"))
    ended = YesFilter(Q(is_active=False), label=gettext_lazy("Ended"))

    class Meta:
        model = User
        fields = []

    def by_name(self, queryset, name, value):
        return queryset.filter(Q(name__contains=value) | Q(police_number__startswith=value))

    @classmethod
    def by_default(cls, queryset):
        return queryset.filter(is_active=True)

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        return queryset if self.form.cleaned_data.get("ended") else self.by_default(queryset)


class AccountListView(NounListView):
    """Every account of the house."""

    model = User
    filterset = AccountFilterSet
    name = "account_list"
    default_sort = "police_number"
    related = ("unit",)
    create_name = "account_create"
    create_label = gettext_lazy("New account")
    columns = (
        Column(
            "police_number",
            gettext_lazy("Police number"),
            lambda u: u.police_number,
            ("police_number",),
        ),
        Column("name", gettext_lazy("Person's name"), lambda u: u.name, ("name",), main=True),
        Column("role", gettext_lazy("Role"), lambda u: u.get_role_display()),
        Column("unit", gettext_lazy("Unit"), lambda u: u.unit.name if u.unit else ""),
        Column(
            "last_login", gettext_lazy("Last login"), lambda u: moment(u.last_login), muted=True
        ),
    )

    @classmethod
    def rows_for(cls, user):
        rows = User.objects.select_related("unit")
        return rows if role_may(user, "view", User) else rows.none()

    def row_url(self, row):
        return reverse("account_detail", args=[row.police_number])


def moment(when):
    """A time as a list shows it; empty for none."""
    return date_format(timezone.localtime(when), "Y-m-d H:i") if when else ""


class AccountPage(PageView):
    """A page about one account, named by its police number."""

    model = User

    def account(self, number):
        return row_or_missing(User.objects.select_related("unit"), police_number=number)

    def back(self, user):
        return HttpResponseRedirect(reverse("account_detail", args=[user.police_number]))


class AccountDetailView(AccountPage, NounDetailView):
    """One account; each administrator sees the buttons of their own power."""

    def get(self, request, number):
        return self.page(request, self.account(number))

    def subtitle(self, row):
        return f"{row.police_number} · {row.unit.name if row.unit else ''}"

    def badges(self, row):
        yield {"text": row.get_role_display(), "color": "blue"}
        if not row.is_active:
            yield {"text": _("Ended"), "color": "secondary"}
        if self.locks(row):
            yield {"text": _("Locked"), "color": "red"}

    def locks(self, row):
        """What is locked of this account now (crm.org.lockouts)."""
        return [lock for lock in locked_now() if lock.get("number") == row.police_number]

    def facts(self, row):
        places = dict.fromkeys(
            lock["address"] if lock["kind"] == HERE else _("every unknown address")
            for lock in self.locks(row)
        )
        locked = [(_("Locked for"), ", ".join(places))] if places else []
        return [
            *locked,
            (_("Unit"), row.unit),
            (_("E-mail"), row.email),
            (_("Entered at"), moment(row.created_at)),
            (_("Last login"), moment(row.last_login)),
            (_("Password changed at"), moment(row.password_changed_at) or _("never")),
        ]

    def actions(self, row):
        return (
            []
            if self.request.user.pk == row.pk
            else [*self.of_system_admin(row), *self.of_security_admin(row)]
        )

    def of_system_admin(self, row):
        if not role_may(self.request.user, "change", User):
            return
        yield Action(
            _("Move"), reverse("account_move", args=[row.police_number]), icon="arrows-right-left"
        )
        replaced = _("The person's present password will not work any more.")
        yield self.button("account_password", row, _("New first password"), "key", replaced)
        if row.is_active:
            yield self.button(
                "account_end",
                row,
                _("End account"),
                "user-off",
                _("This person will not be able to log in any more."),
            )
        else:
            yield self.button("account_resume", row, _("Let log in again"), "user-check")

    def of_security_admin(self, row):
        if role_may(self.request.user, "role", User):
            yield Action(
                _("Change role"),
                reverse("account_role", args=[row.police_number]),
                icon="user-shield",
            )

    def button(self, name, row, label, icon, confirm=""):
        return Action(
            label,
            reverse(name, args=[row.police_number]),
            icon=icon,
            method="post",
            confirm=confirm,
        )


class AccountFormView(AccountPage):
    """A form about an account: ``run(user, **values)`` calls the verb and returns the answer."""

    form_class = None
    title = ""

    def get(self, request, number=None):
        user = self.account(number) if number else None
        return self.show(user, self.form_class(initial=self.initial(user)))

    def initial(self, user):
        return {}

    def post(self, request, number=None):
        user, form = self.account(number) if number else None, self.form_class(request.POST)
        if form.is_valid():
            try:
                return self.run(user, **form.cleaned_data)
            except Invalid as invalid:
                add_errors(form, invalid)
        return self.show(user, form, status=422)

    def show(self, user, form, status=200):
        back = (
            reverse("account_detail", args=[user.police_number])
            if user
            else reverse("account_list")
        )
        title = f"{self.title} – {user.name}" if user else self.title
        return render(
            self.request,
            "generic/form.html",
            {"form": form, "title": title, "cancel_url": back},
            status=status,
        )


def show_password(request, user, password):
    """The page that shows a first password, this once."""
    return render(request, "account/first_password.html", {"account": user, "password": password})


class AccountCreateView(AccountFormView):
    """Enter a person; the answer shows the first password once."""

    action = "create"
    form_class = AccountForm
    title = gettext_lazy("New account")

    def run(self, user, **values):
        return show_password(self.request, *accounts.account_create(**values, by=self.request.user))


class AccountMoveView(AccountFormView):
    action = "change"
    form_class = MoveForm
    title = gettext_lazy("Move")

    def run(self, user, unit, day):
        accounts.account_move(user=user, unit=unit, day=day, by=self.request.user)
        messages.success(
            self.request,
            _("%(name)s belongs to %(unit)s now.") % {"name": user.name, "unit": unit.name},
        )
        return self.back(user)


class AccountRoleView(AccountFormView):
    action = "role"
    form_class = RoleForm
    title = gettext_lazy("Change role")

    def initial(self, user):
        return {"role": user.role}

    def run(self, user, role):
        accounts.account_role(user=user, role=role, by=self.request.user)
        messages.success(self.request, _("The role of %(name)s was changed.") % {"name": user.name})
        return self.back(user)


class AccountPasswordView(AccountPage):
    """A new first password, shown once."""

    action = "change"

    def post(self, request, number):
        user = self.account(number)
        return show_password(request, user, accounts.account_password(user=user, by=request.user))


class AccountEndView(AccountPage):
    action = "change"

    def post(self, request, number):
        return self.back(accounts.account_end(user=self.account(number), by=request.user))


class AccountResumeView(AccountPage):
    action = "change"

    def post(self, request, number):
        return self.back(accounts.account_resume(user=self.account(number), by=request.user))
