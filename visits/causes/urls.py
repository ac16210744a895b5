"""The addresses of common causes."""

from django.urls import path

from visits.causes import form_views, joining_views, proposal_views, solving_views, views

urlpatterns = [
    path("causes/", views.CauseListView.as_view(), name="cause_list"),
    path("causes/new/", form_views.CauseCreateView.as_view(), name="cause_create"),
    path("causes/gather/", proposal_views.GatherView.as_view(), name="cause_gather"),
    path("causes/proposals/", proposal_views.ProposalsView.as_view(), name="cause_proposals"),
    path("causes/proposals/dismiss/", proposal_views.DismissView.as_view(), name="cause_dismiss"),
    path("causes/proposals/restore/", proposal_views.RestoreView.as_view(), name="cause_restore"),
    path("causes/<uuid:uid>/", views.CauseDetailView.as_view(), name="cause_detail"),
    path("causes/<uuid:uid>/edit/", form_views.CauseChangeView.as_view(), name="cause_change"),
    path("causes/<uuid:uid>/join/", joining_views.CauseJoinView.as_view(), name="cause_join"),
    path(
        "causes/<uuid:uid>/leave/<uuid:problem_uid>/",
        joining_views.CauseLeaveView.as_view(),
        name="cause_leave",
    ),
    path("causes/<uuid:uid>/solve/", solving_views.CauseSolveView.as_view(), name="cause_solve"),
    path("causes/<uuid:uid>/reopen/", solving_views.CauseReopenView.as_view(), name="cause_reopen"),
    path(
        "causes/<uuid:uid>/answers/", solving_views.CauseAnswersView.as_view(), name="cause_answers"
    ),
    path(
        "problems/<uuid:uid>/panels/cause/",
        joining_views.ProblemCausePanel.as_view(),
        name="problem_cause_panel",
    ),
    path(
        "problems/<uuid:uid>/cause/", joining_views.ProblemCauseView.as_view(), name="problem_cause"
    ),
]
