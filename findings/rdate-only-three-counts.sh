#!/usr/bin/env bash
# One event with RDATE and no RRULE: three meetings in Python, two in ical.js 2.2.1 (not the first), one in node-ical 0.26.1.
#
# One would guess: DTSTART is the first meeting and each RDATE a further one, as RFC 5545 (3.8.2.4, 3.8.5.2) has it; three in all.
# What happens: ical.js sees a recurring event and walks the RDATEs alone, so the meeting at DTSTART is not among them
#   (beside an RRULE it is). node-ical keeps RDATE as unparsed text, in which a list of dates is one string, and its
#   expandRecurringEvent() gives DTSTART alone, RRULE or not. Neither says a word.
# Output seen (Shanghai time, DTSTART 9 November 09:00, RDATE 12 and 13 November 14:00):
#   recurring-ical-events: 11-09 09:00, 11-12 14:00, 11-13 14:00
#   ical.js:               11-12 14:00, 11-13 14:00
#   node-ical:             11-09 09:00
# Whom it hurts: schedules of visits without a rhythm, for which RDATE was made: a web calendar loses the first or all
#   but the first, while the program that wrote the file reads it back whole.
# Instead: when others shall read it, write one VEVENT for each date; when reading with ical.js add DTSTART oneself if there is no RRULE.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check icalendar==7.3.2 recurring-ical-events==3.8.2 >"$work/log" 2>&1 &&
  npm install --silent --no-audit --no-fund --fetch-timeout=60000 --prefix "$work" ical.js@2.2.1 node-ical@0.26.1 >"$work/log" 2>&1 ||
  { echo "The pinned packages could not be installed."; exit 2; }
printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//example//visits//ZH \
  BEGIN:VTIMEZONE TZID:Asia/Shanghai BEGIN:STANDARD DTSTART:19700101T000000 TZOFFSETFROM:+0800 TZOFFSETTO:+0800 TZNAME:CST END:STANDARD END:VTIMEZONE \
  BEGIN:VEVENT UID:visits@example.com DTSTAMP:20261101T000000Z 'DTSTART;TZID=Asia/Shanghai:20261109T090000' 'DURATION:PT1H' \
  'RDATE;TZID=Asia/Shanghai:20261112T140000,20261113T140000' SUMMARY:走访 END:VEVENT END:VCALENDAR > "$work/visits.ics"
cat > "$work/check.py" <<'PY'
import datetime
import sys

import icalendar
import recurring_ical_events

with open(sys.argv[1], "rb") as file:
    calendar = icalendar.Calendar.from_ical(file.read())
found = recurring_ical_events.of(calendar).between(datetime.date(2026, 11, 1), datetime.date(2026, 12, 1))
times = ", ".join(sorted(f"{event['DTSTART'].dt:%m-%d %H:%M}" for event in found))
print("recurring-ical-events:", times)
if times != "11-09 09:00, 11-12 14:00, 11-13 14:00":
    sys.exit("Changed: recurring-ical-events no longer gives the three meetings.")
PY
"$work/venv/bin/python" "$work/check.py" "$work/visits.ics"
cat > "$work/check.mjs" <<'JS'
import fs from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const fail = (sentence) => { console.error(sentence); process.exit(1); };
const text = fs.readFileSync(new URL("./visits.ics", import.meta.url), "utf8");

const calendar = new ICAL.Component(ICAL.parse(text));
ICAL.TimezoneService.register(calendar.getFirstSubcomponent("vtimezone"));
const occurrences = new ICAL.Event(calendar.getFirstSubcomponent("vevent")).iterator();
const byIcalJs = [];
for (let next = occurrences.next(); next; next = occurrences.next()) byIcalJs.push(next.toString().slice(5, 16).replace("T", " "));

const event = Object.values(nodeIcal.sync.parseICS(text)).find((part) => part.type === "VEVENT");
const month = { from: new Date("2026-11-01T00:00:00Z"), to: new Date("2026-12-01T00:00:00Z") };
const byNodeIcal = nodeIcal.expandRecurringEvent(event, month).map(({ start }) => new Date(start).toISOString());

console.log(`ical.js: ${byIcalJs.join(", ")}`);
console.log(`node-ical: ${byNodeIcal.join(", ")}; its rdate: ${JSON.stringify(event.rdate.val)}`);
if (byIcalJs.join() !== "11-12 14:00,11-13 14:00") fail("Changed: ical.js no longer leaves out the meeting at DTSTART.");
if (byNodeIcal.join() !== "2026-11-09T01:00:00.000Z") fail("Changed: node-ical no longer gives DTSTART alone.");
if (event.rdate.val !== "20261112T140000,20261113T140000") fail("Changed: node-ical no longer keeps RDATE as one string.");
JS
node "$work/check.mjs"
echo "As described: three readers, three counts."
