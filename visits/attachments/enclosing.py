"""Forms that files are sent with."""

import uuid

from crm.errors import Refusal
from crm.text.words import uuid_or_none
from visits.attachments.documents import ACCEPT
from visits.attachments.services import attachment_drop, attachment_keep, files_waiting


class Enclosing:
    """A form page that files are sent with: those that were good stay with the form, whatever else
    is wrong.
    """

    form_uid = None  # what the files of the form are known by
    refused_files = ()  # the sentences why some were refused
    may_show = True  # whether a person says which files the enterprise may see

    def sender(self) -> dict:
        """Who sends the files: a person, or whoever holds a link."""
        return {"by": self.request.user}

    def keep_sent(self, field: str = "files") -> None:
        """Keep the files that came with a form, without those that were to be left out.

        ``form_uid`` becomes the uid that its files are known by, ``refused_files`` the sentences
        why some were refused.
        """
        self.form_uid, self.refused_files = uuid_or_none(self.request.POST.get("files_of", "")), []
        if self.form_uid is None:
            return
        left_out = {uuid_or_none(text) for text in self.request.POST.getlist("drop")} - {None}
        for attachment in files_waiting(form_uid=self.form_uid, **self.sender()).filter(
            uid__in=left_out
        ):
            attachment_drop(attachment=attachment)
        for upload in self.request.FILES.getlist(field):
            try:
                attachment_keep(form_uid=self.form_uid, upload=upload, **self.sender())
            except Refusal as refusal:
                self.refused_files.append(str(refusal))

    def shown_files(self) -> frozenset[str]:
        """The uids of the files that the enterprise may see."""
        return frozenset(self.request.POST.getlist("shown"))

    def get_context_data(self, **kwargs: object) -> dict:
        """What the part of the page with the files is drawn from."""
        files = files_waiting(form_uid=self.form_uid, **self.sender()) if self.form_uid else ()
        return super().get_context_data(
            files_of=self.form_uid or uuid.uuid4(),
            files=files,
            file_errors=self.refused_files,
            shown_files=[uuid_or_none(uid) for uid in self.shown_files()],
            accept=ACCEPT,
            may_show=self.may_show,
            multipart=True,
            **kwargs,
        )
