"""The pages of accounts, for the administrators."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.scope import role_may
from crm.models import Role, User
from crm.org import accounts
from crm.org.forms import AccountForm, MoveForm, RoleForm
from crm.org.lockouts import HERE, locked_now
from crm.pages.filters import NounFilterSet, UnitFilter, YesFilter
from crm.pages.generic import (
    Action,
    Column,
    FormPageView,
    NounDetailView,
    NounListView,
    PageView,
    RowFormView,
    ScopedObjectMixin,
    VerbView,
    moment,
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

    def by_name(self, queryset, name, value) -> Any:
        return queryset.filter(Q(name__contains=value) | Q(police_number__startswith=value))

    @classmethod
    def by_default(cls, queryset) -> Any:
        return queryset.filter(is_active=True)

    def filter_queryset(self, queryset) -> Any:
        queryset = super().filter_queryset(queryset)
        return queryset if self.form.cleaned_data.get("ended") else self.by_default(queryset)


class AccountListView(NounListView):
    """Every account."""

    model = User
    filterset_class = AccountFilterSet
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
    def rows_for(cls, user: User) -> QuerySet:
        rows = User.objects.select_related("unit")
        return rows if role_may(user, "view", User) else rows.none()

    def row_url(self, row: User) -> str:
        return reverse("account_detail", args=[row.police_number])


class AccountMixin(ScopedObjectMixin):
    """A page about one account, named by its police number."""

    model = User
    slug_field, slug_url_kwarg = "police_number", "number"
    context_object_name = "account"  # "user" is who asks

    def get_queryset(self) -> QuerySet:
        return User.objects.select_related("unit")

    def get_success_url(self) -> str:
        return reverse("account_detail", args=[self.object.police_number])


class AccountDetailView(AccountMixin, NounDetailView):
    """One account; each administrator sees the buttons of their own power."""

    def subtitle(self, row: User) -> str:
        return f"{row.police_number} · {row.unit.name if row.unit else ''}"

    def badges(self, row: User) -> Iterator[dict]:
        yield {"text": row.get_role_display(), "color": "blue"}
        if not row.is_active:
            yield {"text": _("Ended"), "color": "secondary"}
        if self.locks(row):
            yield {"text": _("Locked"), "color": "red"}

    def locks(self, row: User) -> list[dict]:
        """What is locked of this account now (crm.org.lockouts)."""
        return [lock for lock in locked_now() if lock.get("number") == row.police_number]

    def facts(self, row: User) -> list[tuple[str, object]]:
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

    def actions(self, row: User) -> list[Action]:
        return (
            []
            if self.request.user.pk == row.pk
            else [*self.of_system_admin(row), *self.of_security_admin(row)]
        )

    def of_system_admin(self, row: User) -> Iterator[Action]:
        if not role_may(self.request.user, "change", User):
            return
        move = reverse("account_move", args=[row.police_number])
        yield Action(_("Move"), move, icon="arrows-right-left")
        replaced = _("The person's present password will not work any more.")
        yield self.button("account_password", row, _("New first password"), "key", replaced)
        if row.is_active:
            ended = _("This person will not be able to log in any more.")
            yield self.button("account_end", row, _("End account"), "user-off", ended)
        else:
            yield self.button("account_resume", row, _("Let log in again"), "user-check")

    def of_security_admin(self, row: User) -> Iterator[Action]:
        if role_may(self.request.user, "role", User):
            yield Action(
                _("Change role"),
                reverse("account_role", args=[row.police_number]),
                icon="user-shield",
            )

    def button(self, name: str, row: User, label: str, icon: str, confirm: str = "") -> Action:
        return Action(
            label,
            reverse(name, args=[row.police_number]),
            icon=icon,
            method="post",
            confirm=confirm,
        )


def password_page(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """The page that shows a first password, this once."""
    return render(request, "account/first_password.html", {"account": user, "password": password})


class AccountCreateView(FormPageView):
    """Enter a person; the answer shows the first password once."""

    model = User
    action = "create"
    form_class = AccountForm
    account = password = None  # what was made
    title = gettext_lazy("New account")

    def perform(self, form: AccountForm) -> None:
        self.account, self.password = accounts.account_create(
            **form.cleaned_data, by=self.request.user
        )

    def form_done(self, form: AccountForm) -> HttpResponse:
        return password_page(self.request, self.account, self.password)

    def get_cancel_url(self) -> str:
        return reverse("account_list")


class AccountFormView(AccountMixin, RowFormView):
    """A form about one account."""

    def get_title(self) -> str:
        return f"{self.title} – {self.object.name}"


class AccountMoveView(AccountFormView):
    """Move a person to another unit."""

    form_class = MoveForm
    title = gettext_lazy("Move")

    def perform(self, form: MoveForm) -> None:
        accounts.account_move(user=self.object, **form.cleaned_data, by=self.request.user)

    def get_success_message(self, form: MoveForm) -> str:
        unit = form.cleaned_data["unit"]
        return _("%(name)s belongs to %(unit)s now.") % {
            "name": self.object.name,
            "unit": unit.name,
        }


class AccountRoleView(AccountFormView):
    """Give a person another role."""

    action = "role"
    form_class = RoleForm
    title = gettext_lazy("Change role")

    def get_initial(self) -> dict:
        return {"role": self.object.role}

    def perform(self, form: RoleForm) -> None:
        accounts.account_role(user=self.object, **form.cleaned_data, by=self.request.user)

    def get_success_message(self, form: RoleForm) -> str:
        return _("The role of %(name)s was changed.") % {"name": self.object.name}


class AccountPasswordView(AccountMixin, PageView):
    """A new first password, shown once."""

    action = "change"

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        user = self.get_object()
        return password_page(request, user, accounts.account_password(user=user, by=request.user))


class AccountEndView(AccountMixin, VerbView):
    """Let a person log in no longer."""

    def perform(self) -> None:
        accounts.account_end(user=self.object, by=self.request.user)


class AccountResumeView(AccountMixin, VerbView):
    """Let a person who came back log in again."""

    def perform(self) -> None:
        accounts.account_resume(user=self.object, by=self.request.user)
