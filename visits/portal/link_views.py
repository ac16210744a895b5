"""What officers do with links for enterprises: issue, show once, see how they stand, revoke."""

import segno
from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.errors import Invalid
from crm.pages.generic import PageView, VerbView, add_errors, row_or_missing
from liaisons.assignments.panels import SHOWN
from liaisons.models import Enterprise
from visits.models import EnterpriseLink, Problem
from visits.models.links import Purpose
from visits.portal.forms import LinkForm
from visits.portal.links import link_issue, link_obstacle, link_revoke, may_revoke
from visits.portal.services import QUESTIONS


class LinkIssueView(PageView):
    """A form, and then the address and its code: shown this once.

    A subclass says what the link is for.
    """

    model = EnterpriseLink
    action = "create"
    template = "portal/link_form.html"
    needs_contact = False

    def get(self, request, uid):
        return self.show(self.form(self.target(uid)), self.target(uid))

    def post(self, request, uid):
        target = self.target(uid)
        form = self.form(target, request.POST)
        if form.is_valid():
            payload = form.payload() | {name: str(row.uid) for name, row in target.items()}
            try:
                link, secret = link_issue(
                    uid=form.cleaned_data["uid"],
                    payload=payload,
                    by=request.user,
                    contact=form.cleaned_data["contact"],
                    **target,
                )
            except Invalid as invalid:
                add_errors(form, invalid)
            else:
                return self.shown(link, secret)
        return self.show(form, target, 422)

    def target(self, uid):
        """What the link is for, as link_issue takes it; a refusal where this person may not now."""
        target = self.found(uid)
        if (refusal := link_obstacle(by=self.request.user, **target)) is not None:
            raise refusal
        return target

    def form(self, target, data=None):
        enterprise = self.enterprise(target)
        return LinkForm(
            data, user=self.request.user, enterprise=enterprise, required=self.needs_contact
        )

    def enterprise(self, target):
        return target["problem"].enterprise if "problem" in target else target["enterprise"]

    def show(self, form, target, status=200):
        enterprise = self.enterprise(target)
        context = {
            "form": form,
            "title": self.title(),
            "subtitle": str(target.get("problem", enterprise)),
            "cancel_url": self.back_url(target),
            "submit_label": _("Issue the link"),
            "needs_contact": self.needs_contact,
            "contact_url": reverse("contact_create", args=[enterprise.uid]),
        }
        return render(self.request, self.template, context, status=status)

    def shown(self, link, secret):
        """The address, only in this answer; sent again, the form has no secret any more to show."""
        address = settings.PUBLIC_BASE_URL + reverse("door", args=[secret]) if secret else ""
        code = segno.make_qr(address, error="m").svg_data_uri(border=2) if secret else ""
        target = {"problem": link.problem} if link.problem else {"enterprise": link.enterprise}
        context = {
            "title": self.title(),
            "subtitle": link.enterprise.name,
            "link": link,
            "address": address,
            "code": code,
            "confirms": link.purpose == Purpose.CONFIRM,
            "back_url": self.back_url(target),
        }
        return render(self.request, "portal/link_shown.html", context)


class ProblemLinkView(LinkIssueView):
    """A link with which the enterprise confirms or disputes one problem."""

    def found(self, uid):
        rows = Problem.objects.visible_to(self.request.user).select_related("enterprise")
        return {"problem": row_or_missing(rows, uid=uid)}

    def title(self):
        return _("Link for the enterprise to confirm")

    def back_url(self, target):
        return reverse("problem_detail", args=[target["problem"].uid])


class EnterpriseLinkView(LinkIssueView):
    """A link with which a contact reports problems of the enterprise."""

    needs_contact = True

    def found(self, uid):
        return {
            "enterprise": row_or_missing(Enterprise.objects.visible_to(self.request.user), uid=uid)
        }

    def title(self):
        return _("Link for the enterprise to report")

    def back_url(self, target):
        return reverse("enterprise_detail", args=[target["enterprise"].uid])


class LinkRevokeView(VerbView):
    """Let a link open nothing any more."""

    model = EnterpriseLink

    def run(self, row):
        link_revoke(link=row, by=self.request.user)
        messages.success(self.request, _("The link has been revoked."))
        if row.problem:
            return reverse("problem_detail", args=[row.problem.uid])
        return reverse("enterprise_detail", args=[row.enterprise.uid])


class EnterpriseLinksPanel(PageView):
    """The links with which an enterprise reports, as a part of its page."""

    model = EnterpriseLink

    def get(self, request, uid):
        enterprise = row_or_missing(Enterprise.objects.visible_to(request.user), uid=uid)
        links = EnterpriseLink.objects.visible_to(request.user).filter(
            enterprise=enterprise, purpose=Purpose.REPORT
        )
        links = links.select_related("created_by", "unit", "contact").order_by("-created_at", "-pk")
        may_issue = link_obstacle(by=request.user, enterprise=enterprise) is None
        context = {
            "links": told_links(
                links.annotate(reported=Count("reports"))[:SHOWN], request.user, may_issue
            ),
            "issue_url": reverse("enterprise_link", args=[enterprise.uid]) if may_issue else "",
        }
        return render(request, "portal/link_list.html", context)


class ProblemProofPanel(PageView):
    """What the enterprise said of a problem, and the links it was asked through, as a part of the
    problem's page.
    """

    model = Problem

    def get(self, request, uid):
        problem = row_or_missing(
            Problem.objects.visible_to(request.user).select_related("enterprise"), uid=uid
        )
        may_issue = link_obstacle(by=request.user, problem=problem) is None
        context = {
            **proof_of(problem, request.user),
            "issue_url": reverse("problem_link", args=[problem.uid]) if may_issue else "",
        }
        return render(request, "portal/problem_proof.html", context)


def told_links(links, user, may_issue=None):
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


def proof_of(problem, user):
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
