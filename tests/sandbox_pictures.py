"""What the tests let a process of its own do with many pictures at once: see
visits.attachments.parsing.pictures.
"""

from PIL import ImageFile

from visits.attachments.parsing import Unfit
from visits.attachments.parsing.pictures import write_sizes


def answers(paths, to):
    """For each picture its size when written anew, or why it is refused.

    And whether broken ones are let pass.
    """
    found = []
    for path in paths:
        try:
            found.append(write_sizes(path, [[2000, to]]))
        except Unfit as unfit:
            found.append(unfit.unfit["why"])
    return {"found": found, "lenient": ImageFile.LOAD_TRUNCATED_IMAGES}
