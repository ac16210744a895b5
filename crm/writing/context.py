"""What is known of the request that runs now, for the audit."""

import uuid
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RequestContext:
    """The network address and the identifier of one request; empty in tasks and commands."""

    address: str = ""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))


NO_REQUEST = RequestContext(request_id="")
current = ContextVar("crm_request_context", default=NO_REQUEST)
