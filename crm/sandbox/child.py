"""The other side of crm.sandbox: run by its path, not as a part of ``crm``, so that nothing of the
service is loaded.

Reads one order from standard input, does it within its bounds, and writes one answer to standard
output. Ends with 0 when it has an answer, with 1 for a fault of the task (its traceback on standard
error), with 2 when memory ran out.
"""

import importlib
import json
import os
import resource
import signal
import sys
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
#: Bytes of the largest file that a task may write.
LARGEST_FILE = 512 * 2**20


def bound(memory, seconds) -> None:
    """Let the system refuse more than ``memory`` bytes, and end the process after ``seconds`` of
    processor.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Python ignores it, and the task would see an error like any other.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


def main() -> None:
    order = json.loads(sys.stdin.buffer.read())
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    bound(order["memory"], order["seconds"])
    sys.path.insert(0, str(BASE))
    module, _colon, name = order["task"].partition(":")
    try:
        answer = {"result": getattr(importlib.import_module(module), name)(**order["arguments"])}
    except MemoryError:
        sys.exit(2)
    except Exception as error:
        if not hasattr(error, "unfit"):
            raise
        answer = {"unfit": error.unfit}
    json.dump(answer, answers)
    answers.close()


if __name__ == "__main__":
    main()
