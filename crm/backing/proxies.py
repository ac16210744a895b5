"""Whose request it is behind a proxy: what a trusted proxy says of it, and nobody else.

settings.TRUSTED_PROXIES holds networks, and ``UNIX`` for a proxy that comes by a Unix socket (which
has no address). From any other peer the forwarded headers are taken out before anything reads them;
from a trusted one the rightmost address that is no trusted proxy's becomes ``REMOTE_ADDR``, which
the audit, the limits of logging in and every rate limit read. Of several lines of one header the
web server hands on the last, which is the one that the proxy added.
"""

import ipaddress
import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

log = logging.getLogger(__name__)

UNIX = "unix"
FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
)
#: How many entries of the header are looked at, from the right: more proxies in a row nobody has.
MOST_HOPS = 20


def networks(text) -> tuple[Any, ...]:
    """The networks that ``text`` names, parted by commas: addresses, networks (10.0.0.0/8, ::1),
    ``unix``.
    """
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(UNIX if part == UNIX else ipaddress.ip_network(part, strict=False))
        except ValueError:
            raise ImproperlyConfigured(
                f"CRM_TRUSTED_PROXIES: “{part}” is neither an address nor a network nor “{UNIX}”."
            ) from None
    return tuple(found)


def address_of(text) -> Any:
    """The address in ``text`` (with or without a port, brackets, a zone).

    None where there is none.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_trusted(address) -> bool:
    """Whether a peer of this address (None: it has none) is one of the proxies."""
    if address is None:
        return UNIX in settings.TRUSTED_PROXIES
    return any(
        network != UNIX and address.version == network.version and address in network
        for network in settings.TRUSTED_PROXIES
    )


def client_of(peer, header) -> Any:
    """The address for which a trusted ``peer`` asks: the rightmost in ``header`` that is no proxy.

    The peer's where it is garbage.
    """
    client = peer
    for part in reversed(header.split(",")[-MOST_HOPS:] if header else ()):
        address = address_of(part)
        if address is None:
            return peer
        client = address
        if not is_trusted(address):
            break
    return client


class TrustedProxyMiddleware:
    """Stands first: what follows reads ``REMOTE_ADDR`` and the scheme as they are."""

    warned = False

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request) -> Any:
        told = request.META.get("REMOTE_ADDR", "")
        client = peer = address_of(told)
        if is_trusted(peer) if peer or not told else False:
            client = client_of(peer, request.META.get("HTTP_X_FORWARDED_FOR", ""))
        else:
            self.forget(request.META)
        request.META["REMOTE_ADDR"] = str(client or "")
        return self.get_response(request)

    def forget(self, meta) -> None:
        """Take out what an unknown peer claims.

        Said once a process, for it may be a proxy that nobody has named.
        """
        claimed = [name for name in FORWARDED if meta.pop(name, None) is not None]
        if claimed and not TrustedProxyMiddleware.warned:
            TrustedProxyMiddleware.warned = True
            log.warning(
                "Forwarded headers from %s are ignored. If this is your proxy, name it in CRM_TRUSTED_PROXIES.",
                meta.get("REMOTE_ADDR") or "a Unix socket",
            )
