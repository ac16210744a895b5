"""What officers do with links for enterprises: issue, show once, see how they stand, revoke."""

import segno
from django.conf import settings
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import User
from crm.pages.generic import RowFormView, RowView, VerbView
from liaisons.assignments.panels import SHOWN
from liaisons.models import Enterprise
from visits.models import EnterpriseLink, Problem
from visits.models.links import Purpose
from visits.portal.forms import LinkForm
from visits.portal.links import link_issue, link_obstacle, link_revoke, may_revoke
from visits.portal.services import QUESTIONS


class LinkIssueView(RowFormView):
    """A form, and then the address and its code: shown this once.

    A subclass says what the link is for.
    """

    model = EnterpriseLink
    action = "create"
    form_class = LinkForm
    template_name = "portal/link_form.html"
    submit_label = gettext_lazy("Issue the link")
    needs_contact = False
    link = secret = None  # what was issued
    target_name = ""  # of what the link is for, as link_issue takes it

    def get_object(self, queryset: QuerySet | None = None) -> Problem | Enterprise:
        """What the link is for; a refusal where this person may not issue one now."""
        target = super().get_object(queryset)
        refusal = link_obstacle(by=self.request.user, **{self.target_name: target})
        if refusal is not None:
            raise refusal
        return target

    @property
    def enterprise(self) -> Enterprise:
        """The enterprise that the link is given to."""
        raise NotImplementedError

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {
            "user": self.request.user,
            "enterprise": self.enterprise,
            "required": self.needs_contact,
        }

    def perform(self, form: LinkForm) -> None:
        self.link, self.secret = link_issue(
            uid=form.cleaned_data["uid"],
            payload=form.payload() | {self.target_name: str(self.object.uid)},
            by=self.request.user,
            contact=form.cleaned_data["contact"],
            **{self.target_name: self.object},
        )

    def form_done(self, form: LinkForm) -> HttpResponse:
        """The address, only in this answer; sent again, the form has no secret any more to show."""
        link, secret = self.link, self.secret
        address = settings.PUBLIC_BASE_URL + reverse("door", args=[secret]) if secret else ""
        context = {
            "title": self.title,
            "subtitle": link.enterprise.name,
            "link": link,
            "address": address,
            "code": segno.make_qr(address, error="m").svg_data_uri(border=2) if secret else "",
            "confirms": link.purpose == Purpose.CONFIRM,
            "back_url": self.get_success_url(),
        }
        return render(self.request, "portal/link_shown.html", context)

    def get_context_data(self, **kwargs: object) -> dict:
        return super().get_context_data(
            subtitle=str(self.object),
            needs_contact=self.needs_contact,
            contact_url=reverse("contact_create", args=[self.enterprise.uid]),
            **kwargs,
        )


class ProblemLinkView(LinkIssueView):
    """A link with which the enterprise confirms or disputes one problem."""

    of, target_name = Problem, "problem"
    related = ("enterprise",)
    title = gettext_lazy("Link for the enterprise to confirm")

    @property
    def enterprise(self) -> Enterprise:
        return self.object.enterprise

    def get_success_url(self) -> str:
        return reverse("problem_detail", args=[self.object.uid])


class EnterpriseLinkView(LinkIssueView):
    """A link with which a contact reports problems of the enterprise."""

    of, target_name = Enterprise, "enterprise"
    needs_contact = True
    title = gettext_lazy("Link for the enterprise to report")

    @property
    def enterprise(self) -> Enterprise:
        return self.object

    def get_success_url(self) -> str:
        return reverse("enterprise_detail", args=[self.object.uid])


class LinkRevokeView(VerbView):
    """Let a link open nothing any more."""

    model = EnterpriseLink

    def perform(self) -> None:
        link_revoke(link=self.object, by=self.request.user)
        messages.success(self.request, _("The link has been revoked."))

    def get_success_url(self) -> str:
        link = self.object
        if link.problem:
            return reverse("problem_detail", args=[link.problem.uid])
        return reverse("enterprise_detail", args=[link.enterprise.uid])


class EnterpriseLinksPanel(RowView):
    """The links with which an enterprise reports, as a part of its page."""

    of, model = Enterprise, EnterpriseLink
    template_name = "portal/link_list.html"

    def get_context_data(self, **kwargs: object) -> dict:
        user, enterprise = self.request.user, self.object
        links = EnterpriseLink.objects.visible_to(user).filter(
            enterprise=enterprise, purpose=Purpose.REPORT
        )
        links = links.select_related("created_by", "unit", "contact").order_by("-created_at", "-pk")
        shown = links.annotate(reported=Count("reports"))[:SHOWN]
        may_issue = link_obstacle(by=user, enterprise=enterprise) is None
        return super().get_context_data(
            links=told_links(shown, user, may_issue),
            issue_url=reverse("enterprise_link", args=[enterprise.uid]) if may_issue else "",
            **kwargs,
        )


class ProblemProofPanel(RowView):
    """What the enterprise said of a problem, and the links it was asked through, as a part of the
    problem's page.
    """

    model = Problem
    related = ("enterprise",)
    template_name = "portal/problem_proof.html"

    def get_context_data(self, **kwargs: object) -> dict:
        user, problem = self.request.user, self.object
        may_issue = link_obstacle(by=user, problem=problem) is None
        return super().get_context_data(
            issue_url=reverse("problem_link", args=[problem.uid]) if may_issue else "",
            **proof_of(problem, user),
            **kwargs,
        )


def told_links(links: QuerySet, user: User, may_issue: bool | None = None) -> list[EnterpriseLink]:
    """The links, the newest first, with whether ``user`` may revoke each.

    ``may_issue`` where that is known for all.
    """
    told = list(links)
    for link in told:
        own = link.created_by_id == user.pk
        link.may_revoke = (
            link.is_open and (own or may_issue)
            if may_issue is not None
            else may_revoke(link=link, by=user)
        )
    return told


def proof_of(problem: Problem, user: User) -> dict:
    """What a problem's page says of its proof: the enterprise's feedback, and the links it was
    asked through.
    """
    feedback = list(problem.feedback.order_by("-at"))
    for said in feedback:
        said.answers = [
            (said._meta.get_field(name).verbose_name, getattr(said, name)) for name in QUESTIONS
        ]
    links = problem.links.select_related("created_by", "unit", "contact").order_by(
        "-created_at", "-pk"
    )[:SHOWN]
    return {"feedback": feedback, "links": told_links(links, user)}
