"""Django's admin: for the system administrator's dictionaries, and for nothing else."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.errors import NotAllowed
from crm.models import CalendarDay, Division, Industry, Role
from crm.org.login_views import LogoutView
from crm.pages.generic import refused
from crm.writing.audit import audit


class DictionarySite(admin.AdminSite):
    """The admin behind our own login page, for the system administrator alone."""

    site_header = site_title = _("Dictionaries")
    index_title = _("Dictionaries")
    enable_nav_sidebar = False
    site_url = None  # templates/admin/base_site.html has the way back

    def has_permission(self, request) -> Any:
        return (
            request.user.is_authenticated
            and request.user.is_active
            and request.user.role == Role.SYSTEM_ADMIN
        )

    def login(self, request, extra_context=None) -> HttpResponseRedirect | HttpResponse:
        """There is one login page; who is logged in and comes here by mistake is told so."""
        if not request.user.is_authenticated:
            return redirect_to_login(
                request.GET.get("next") or reverse("admin:index"), reverse("login")
            )
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        return refused(request, NotAllowed())

    def logout(self, request, extra_context=None) -> HttpResponse:
        """Our own, which is audited."""
        return LogoutView.as_view()(request)

    def password_change(self, request, extra_context=None) -> HttpResponseRedirect:
        """Our own page, with its rules and its audit."""
        return HttpResponseRedirect(reverse("password_change"))


site = DictionarySite(name="admin")


class DictionaryAdmin(admin.ModelAdmin):
    """Entries are added and changed, each act audited.

    What was used is retired and nothing is deleted.
    """

    actions = None

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def has_module_permission(self, request) -> Any:
        return site.has_permission(request)

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        verb = f"{obj._meta.model_name}.{'change' if change else 'create'}"
        audit(
            verb,
            by=request.user,
            target=obj,
            changed={name: str(form.cleaned_data.get(name)) for name in form.changed_data},
        )

    def get_readonly_fields(self, request, obj=None) -> tuple:
        """A code that rows point to is never changed: that would make another entry."""
        return (
            (self.model._meta.pk.name,)
            if obj is not None and not self.model._meta.pk.auto_created
            else ()
        )

    def log_addition(self, request, obj, message) -> None:
        """The audit log is the one log."""

    log_change = log_addition


class DivisionAdmin(DictionaryAdmin):
    list_display = ("code", "name", "parent", "obsolete")
    list_filter = ("obsolete",)
    search_fields = ("code", "name")
    raw_id_fields = ("parent",)
    list_select_related = ("parent",)


class IndustryAdmin(DictionaryAdmin):
    list_display = ("code", "name", "section")
    search_fields = ("code", "name")

    def save_model(self, request, obj, form, change) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if change and "section" in form.changed_data:
                Industry.follow([obj.pk])


class CalendarDayAdmin(DictionaryAdmin):
    list_display = ("day", "is_working", "name")
    list_filter = ("is_working",)
    date_hierarchy = "day"


site.register(Division, DivisionAdmin)
site.register(Industry, IndustryAdmin)
site.register(CalendarDay, CalendarDayAdmin)
