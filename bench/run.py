"""All measurements in one run: ``python -m bench.run [part …]``, each part also alone by its own
module.

Prints a table for each part and keeps all figures in var/bench.json, so that two runs can be
compared.
"""

import argparse
import importlib
import json
import os
import platform
import sys
import time
import traceback

from bench.common import VAR_DIR, as_dicts

#: In this order, with what each is called with. A part is a module with ``measure()``, which
#: returns the lines of its table (bench.common.Line, or dictionaries with what, ratio, goal and
#: reached), drawn by the module's ``table``.
PARTS = {
    "city": {},
    "imports": {},
    "pages": {},
    "problems": {},
    "api": {"rounds": 10, "visits": 200_000},
    "dashboard": {},
    "summaries": {},
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument(
        "parts", nargs="*", help=f"of {', '.join(PARTS)}; all when none is named"
    )
    parts = arguments.parse_args().parts or PARTS
    if unknown := set(parts) - set(PARTS):
        arguments.error(f"There is no part called {', '.join(sorted(unknown))}.")
    kept = {"machine": machine(), "begun": time.strftime("%Y-%m-%d %H:%M:%S"), "parts": {}}
    missed = []
    for name in parts:
        print(f"\n{name}", flush=True)
        lines = measured(name)
        if lines is None:
            missed.append(name)
            continue
        kept["parts"][name] = lines
        missed += [f"{name}: {line['what']}" for line in lines if not line["reached"]]
        keep(kept)
    print("\nAll goals were reached." if not missed else "\nNot reached:\n  " + "\n  ".join(missed))
    return 1 if missed else 0


def measured(name):
    """Measure one part and print its table.

    Returns its lines as dictionaries, None when it could not be measured.
    """
    started = time.monotonic()
    try:
        module = importlib.import_module(f"bench.{name}")
        lines = module.measure(**PARTS[name])
    except Exception:
        traceback.print_exc()
        return None
    print(module.table(lines))
    print(f"measured in {time.monotonic() - started:.0f} s", flush=True)
    return [line if isinstance(line, dict) else as_dicts([line])[0] for line in lines]


def keep(kept):
    """Write what is known so far to var/bench.json."""
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    (VAR_DIR / "bench.json").write_text(json.dumps(kept, ensure_ascii=False, indent=2))


def machine():
    """What the figures were measured on."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
    }


if __name__ == "__main__":
    sys.exit(main())
