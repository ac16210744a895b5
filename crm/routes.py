"""The ground's own pages."""

urlpatterns = []
