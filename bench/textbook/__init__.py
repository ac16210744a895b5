"""The textbook twin: the same data behind a plain DRF ModelViewSet, as most teams would write it.

Django's and DRF's defaults are left as they are: the middleware of ``startproject``, a connection a
request, rows as instances, nested ModelSerializers, DjangoFilterBackend, PageNumberPagination with
its COUNT and OFFSET, DRF's tokens. The usual care is taken: related rows come by ``select_related``
and ``prefetch_related``.
"""
