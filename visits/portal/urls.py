"""The addresses of the enterprise's portal, and of its links."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from visits.portal import link_views, views


class AnythingConverter(StringConverter):
    """Whatever stands there, lines and slashes too, or nothing: all of it is answered by one view."""

    regex = r"[\s\S]*"


register_converter(AnythingConverter, "anything")

urlpatterns = [
    path("e/<anything:secret>", views.PortalView.as_view(), name="door"),
    path(
        "enterprises/<uuid:uid>/link/",
        link_views.EnterpriseLinkView.as_view(),
        name="enterprise_link",
    ),
    path(
        "enterprises/<uuid:uid>/links/",
        link_views.EnterpriseLinksPanel.as_view(),
        name="enterprise_links",
    ),
    path("links/<uuid:uid>/revoke/", link_views.LinkRevokeView.as_view(), name="link_revoke"),
    path(
        "problems/<uuid:uid>/panels/proof/",
        link_views.ProblemProofPanel.as_view(),
        name="problem_proof_panel",
    ),
    path("problems/<uuid:uid>/link/", link_views.ProblemLinkView.as_view(), name="problem_link"),
]
