"""The addresses of this app."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from visits.causes import form_views as cause_forms
from visits.causes import joining_views as joining
from visits.causes import proposal_views as proposals
from visits.causes import solving_views as solving
from visits.causes import views as causes
from visits.imports import views as imports
from visits.ledgers import views as ledgers
from visits.portal import link_views as links
from visits.portal import views as door
from visits.problems import bulk_views as bulk
from visits.problems import file_views as attachments
from visits.problems import form_views as problem_forms
from visits.problems import step_views as handling
from visits.problems import views as problems
from visits.recording import form_views as visit_form
from visits.recording import panels
from visits.recording import photo_views as photos
from visits.recording import views as visits
from visits.reporting import views as dashboard
from visits.summaries import verify_views as verify
from visits.summaries import views as summaries


class AnythingConverter(StringConverter):
    """Whatever stands there, lines and slashes too, or nothing: all of it is answered by one view."""

    regex = r"[\s\S]*"


register_converter(AnythingConverter, "anything")

urlpatterns = [
    path("dashboard/", dashboard.DashboardView.as_view(), name="dashboard"),
    path("visits/", visits.VisitListView.as_view(), name="visit_list"),
    path("visits/<uuid:uid>/", visits.VisitDetailView.as_view(), name="visit_detail"),
    path("visits/<uuid:uid>/edit/", visit_form.VisitChangeView.as_view(), name="visit_change"),
    path(
        "visits/<uuid:uid>/withdraw/", visit_form.VisitWithdrawView.as_view(), name="visit_withdraw"
    ),
    path("visits/<uuid:uid>/photos/", photos.VisitPhotoView.as_view(), name="visit_photos"),
    path(
        "enterprises/<uuid:uid>/visits/new/",
        visit_form.VisitCreateView.as_view(),
        name="visit_create",
    ),
    path(
        "enterprises/<uuid:uid>/drafts/<uuid:draft_uid>/",
        visit_form.VisitDraftView.as_view(),
        name="visit_draft",
    ),
    path(
        "enterprises/<uuid:uid>/visits/",
        panels.EnterpriseVisitsPanel.as_view(),
        name="enterprise_visits",
    ),
    path(
        "enterprises/<uuid:uid>/calls/",
        panels.EnterpriseCallsPanel.as_view(),
        name="enterprise_calls",
    ),
    path(
        "enterprises/<uuid:uid>/problems/",
        panels.EnterpriseProblemsPanel.as_view(),
        name="enterprise_problems",
    ),
    path(
        "enterprises/<uuid:uid>/problems/similar/",
        problem_forms.SimilarProblemsView.as_view(),
        name="problem_similar",
    ),
    path(
        "enterprises/<uuid:uid>/problems/new/",
        problem_forms.ProblemCreateView.as_view(),
        name="problem_create",
    ),
    path("projects/<uuid:uid>/visits/", panels.ProjectVisitsPanel.as_view(), name="project_visits"),
    path("officers/<uuid:uid>/visits/", panels.OfficerVisitsPanel.as_view(), name="officer_visits"),
    path("photos/<uuid:visit_uid>/new/", photos.PhotoUploadView.as_view(), name="photo_upload"),
    path("photos/<uuid:uid>/state/", photos.PhotoStateView.as_view(), name="photo_state"),
    path("photos/<uuid:uid>/drop/", photos.PhotoDropView.as_view(), name="photo_drop"),
    path("photos/<uuid:uid>/<str:size>.jpg", photos.PhotoView.as_view(), name="photo"),
    path("summaries/", summaries.SummaryListView.as_view(), name="summary_list"),
    path("summaries/new/", summaries.SummaryOrderView.as_view(), name="summary_order"),
    path("v/", verify.VerifyView.as_view(), name="verify"),
    path("v/<str:number>", verify.VerifyView.as_view(), name="verify_number"),
    path("e/<anything:secret>", door.PortalView.as_view(), name="door"),
    path(
        "enterprises/<uuid:uid>/link/", links.EnterpriseLinkView.as_view(), name="enterprise_link"
    ),
    path(
        "enterprises/<uuid:uid>/links/",
        links.EnterpriseLinksPanel.as_view(),
        name="enterprise_links",
    ),
    path("links/<uuid:uid>/revoke/", links.LinkRevokeView.as_view(), name="link_revoke"),
    path("causes/", causes.CauseListView.as_view(), name="cause_list"),
    path("causes/new/", cause_forms.CauseCreateView.as_view(), name="cause_create"),
    path("causes/gather/", proposals.GatherView.as_view(), name="cause_gather"),
    path("causes/proposals/", proposals.ProposalsView.as_view(), name="cause_proposals"),
    path("causes/proposals/dismiss/", proposals.DismissView.as_view(), name="cause_dismiss"),
    path("causes/proposals/restore/", proposals.RestoreView.as_view(), name="cause_restore"),
    path("causes/<uuid:uid>/", causes.CauseDetailView.as_view(), name="cause_detail"),
    path("causes/<uuid:uid>/edit/", cause_forms.CauseChangeView.as_view(), name="cause_change"),
    path("causes/<uuid:uid>/join/", joining.CauseJoinView.as_view(), name="cause_join"),
    path(
        "causes/<uuid:uid>/leave/<uuid:problem_uid>/",
        joining.CauseLeaveView.as_view(),
        name="cause_leave",
    ),
    path("causes/<uuid:uid>/solve/", solving.CauseSolveView.as_view(), name="cause_solve"),
    path("causes/<uuid:uid>/reopen/", solving.CauseReopenView.as_view(), name="cause_reopen"),
    path("causes/<uuid:uid>/answers/", solving.CauseAnswersView.as_view(), name="cause_answers"),
    path(
        "problems/<uuid:uid>/panels/cause/",
        joining.ProblemCausePanel.as_view(),
        name="problem_cause_panel",
    ),
    path("problems/<uuid:uid>/cause/", joining.ProblemCauseView.as_view(), name="problem_cause"),
    path("problems/", problems.ProblemListView.as_view(), name="problem_list"),
    path("problems/<uuid:uid>/", problems.ProblemDetailView.as_view(), name="problem_detail"),
    path(
        "problems/<uuid:uid>/edit/",
        problem_forms.ProblemChangeView.as_view(),
        name="problem_change",
    ),
    path(
        "problems/<uuid:uid>/files/", attachments.ProblemFilesView.as_view(), name="problem_files"
    ),
    path(
        "files/<uuid:form_uid>/new/",
        attachments.AttachmentUploadView.as_view(),
        name="attachment_upload",
    ),
    path("files/<uuid:uid>/", attachments.AttachmentView.as_view(), name="attachment"),
    path(
        "files/<uuid:uid>/state/",
        attachments.AttachmentStateView.as_view(),
        name="attachment_state",
    ),
    path(
        "files/<uuid:uid>/drop/", attachments.AttachmentDropView.as_view(), name="attachment_drop"
    ),
    path(
        "files/<uuid:uid>/show/", attachments.AttachmentShowView.as_view(), name="attachment_show"
    ),
    path(
        "files/<uuid:uid>/<str:size>.jpg",
        attachments.AttachmentPictureView.as_view(),
        name="attachment_picture",
    ),
    path("problems/imports/", imports.ProblemImportListView.as_view(), name="problem_import_list"),
    path(
        "problems/imports/new/", imports.ProblemUploadView.as_view(), name="problem_import_upload"
    ),
    path(
        "problems/imports/template.xlsx",
        imports.ProblemTemplateView.as_view(),
        name="problem_import_template",
    ),
    path(
        "problems/imports/<uuid:uid>/",
        imports.ProblemImportDetailView.as_view(),
        name="problem_import_detail",
    ),
    path(
        "problems/imports/<uuid:uid>/commit/",
        imports.ProblemImportCommitView.as_view(),
        name="problem_import_commit",
    ),
    path(
        "problems/imports/<uuid:uid>/undo/",
        imports.ProblemImportUndoView.as_view(),
        name="problem_import_undo",
    ),
    path(
        "problems/imports/<uuid:uid>/refused/",
        imports.ProblemImportRefusedView.as_view(),
        name="problem_import_refused",
    ),
    path("problems/bulk/", bulk.ProblemBulkView.as_view(), name="problem_bulk"),
    path("problems/ledger/", ledgers.LedgerView.as_view(), name="problem_ledger"),
    path("problems/due/", handling.DueDayView.as_view(), name="problem_due"),
    path(
        "problems/<uuid:uid>/panels/proof/",
        links.ProblemProofPanel.as_view(),
        name="problem_proof_panel",
    ),
    path("problems/<uuid:uid>/link/", links.ProblemLinkView.as_view(), name="problem_link"),
    path(
        "problems/<uuid:uid>/parts/<int:pk>/",
        handling.ProblemHelpView.as_view(),
        name="problem_help",
    ),
    path(
        "problems/<uuid:uid>/steps/<slug:verb>/",
        handling.ProblemStepView.as_view(),
        name="problem_step",
    ),
]
