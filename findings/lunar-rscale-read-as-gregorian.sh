#!/usr/bin/env bash
# RSCALE=CHINESE (RFC 7529): ical.js 2.2.1 and node-ical 0.26.1 put Chinese New Year on 10 February every year.
#
# One would guess: a reader that does not know a lunar rule refuses it, or shows the first event alone.
# What happens: both readers pass over RSCALE and repeat the rest of the rule in the Gregorian calendar. Others refuse it:
#   npm rrule says "Unknown RRULE property 'RSCALE'", vobject "unknown parameter 'RSCALE'", and recurring-ical-events
#   "UNTIL parameter is missing", which sends one looking in the wrong place (the rule has a COUNT, as it may).
# Output seen for DTSTART;VALUE=DATE:20130210 with RRULE:RSCALE=CHINESE;FREQ=YEARLY;COUNT=4:
#   right (the lunar new year's days):   2013-02-10 2014-01-31 2015-02-19 2016-02-08
#   ical.js, node-ical:                  2013-02-10 2014-02-10 2015-02-10 2016-02-10
# Whom it hurts: calendars from phones that write lunar dates as RSCALE rules, shared with a web calendar: duty for 春节
#   or 中秋 is planned weeks off the true day, and the first year, which one looks at, is right.
# Instead: look for "RSCALE=" before reading and refuse or expand it oneself; when writing, give lunar days as single events.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check icalendar==7.3.2 recurring-ical-events==3.8.2 vobject==0.9.9 lunar_python==1.4.8 \
  >"$work/log" 2>&1 &&
  npm install --silent --no-audit --no-fund --fetch-timeout=60000 --prefix "$work" ical.js@2.2.1 node-ical@0.26.1 rrule@2.8.1 >"$work/log" 2>&1 ||
  { echo "The pinned packages could not be installed."; exit 2; }
printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//example//lunar//ZH BEGIN:VEVENT UID:spring@example.com DTSTAMP:20130101T000000Z \
  'DTSTART;VALUE=DATE:20130210' 'RRULE:RSCALE=CHINESE;FREQ=YEARLY;COUNT=4' SUMMARY:春节 END:VEVENT END:VCALENDAR > "$work/lunar.ics"
cat > "$work/check.py" <<'PY'
import datetime
import sys

import icalendar
import recurring_ical_events
import vobject
from lunar_python import Lunar

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    text = file.read()
right = [Lunar.fromYmd(year, 1, 1).getSolar().toYmd() for year in range(2013, 2017)]
print("right:", *right)
if right != ["2013-02-10", "2014-01-31", "2015-02-19", "2016-02-08"]:
    sys.exit("Changed: lunar_python gives other days for Chinese New Year.")


def error_of(read):
    try:
        return f"no error: {read()}"
    except Exception as error:
        return str(error)


calendar = icalendar.Calendar.from_ical(text)
span = datetime.date(2013, 1, 1), datetime.date(2017, 1, 1)
by_recurring = error_of(lambda: recurring_ical_events.of(calendar).between(*span))
by_vobject = error_of(lambda: list(vobject.readOne(text).vevent.getrruleset(addRDate=True)))
print("recurring-ical-events:", by_recurring)
print("vobject:", by_vobject)
if not by_recurring.startswith("UNTIL parameter is missing"):
    sys.exit("Changed: recurring-ical-events no longer complains of a missing UNTIL.")
if by_vobject != "unknown parameter 'RSCALE'":
    sys.exit("Changed: vobject no longer refuses RSCALE.")
PY
"$work/venv/bin/python" "$work/check.py" "$work/lunar.ics"
cat > "$work/check.mjs" <<'JS'
import fs from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";
import rrule from "rrule";

const text = fs.readFileSync(new URL("./lunar.ics", import.meta.url), "utf8");
const day = (date) => date.toISOString().slice(0, 10);
const found = {};

const event = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent"));
const occurrences = event.iterator();
found["ical.js"] = [];
for (let next = occurrences.next(); next; next = occurrences.next()) found["ical.js"].push(next.toString());

const parsed = Object.values(nodeIcal.sync.parseICS(text)).find((part) => part.type === "VEVENT");
found["node-ical"] = parsed.rrule.all().map(day);

let refusal = "none";
try {
  rrule.rrulestr("DTSTART:20130210T000000Z\nRRULE:RSCALE=CHINESE;FREQ=YEARLY;COUNT=4");
} catch (error) {
  refusal = error.message;
}
console.log(`rrule: ${refusal}`);
if (refusal !== "Unknown RRULE property 'RSCALE'") {
  console.error("Changed: rrule no longer refuses RSCALE.");
  process.exit(1);
}
for (const [reader, days] of Object.entries(found)) {
  console.log(`${reader}: ${days.join(" ")}`);
  if (days.join(" ") !== "2013-02-10 2014-02-10 2015-02-10 2016-02-10") {
    console.error(`Changed: ${reader} no longer repeats the lunar rule in the Gregorian calendar.`);
    process.exit(1);
  }
}
JS
TZ=UTC node "$work/check.mjs"
echo "As described: the lunar rule was read as a Gregorian one."
