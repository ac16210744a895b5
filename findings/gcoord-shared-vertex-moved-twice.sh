#!/usr/bin/env bash
# gcoord 1.0.7: a polygon closed with `ring.push(ring[0])` has its first corner converted twice, 540 m off.
#
# One would guess: transform() converts each position of a GeoJSON once. The documentation says that it changes its
#   input, so one expects to have to copy the whole object, and no more.
# What happens: it converts every array it meets in place, and an array that stands in two places is met twice. A ring's
#   first and last position are equal by RFC 7946, and in code they are often the same array, or features share one.
# Output seen, WGS-84 to GCJ-02, corner 120.7, 28: ring closed by a copy 120.704060, 27.996718; closed by the same array
#   120.708126, 27.993443. The two are 540 m apart; the polygon stays closed and valid.
# Whom it hurts: maps that build areas (patrol stretches, parks) in the browser and convert them for 高德 tiles: one
#   corner is pulled out, so points near it fall into the wrong area. Data that came through JSON.parse never shows it.
# Instead: `transform(structuredClone(...))` does not help, as it keeps shared references: use JSON.parse(JSON.stringify(geojson)),
#   or close rings with `ring.push([...ring[0]])`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --fetch-timeout=60000 --prefix "$work" gcoord@1.0.7 >"$work/log" 2>&1 ||
  { echo "The pinned package could not be installed."; exit 2; }
cat > "$work/check.cjs" <<'JS'
const { transform, WGS84, GCJ02 } = require("gcoord");
const fail = (sentence) => { console.error(sentence); process.exit(1); };
const polygon = (close) => {
  const ring = [[120.7, 28], [120.8, 28], [120.8, 28.1]];
  ring.push(close(ring[0]));
  return { type: "Polygon", coordinates: [ring] };
};
const corner = (geometry) => transform(geometry, WGS84, GCJ02).coordinates[0][0];
const shown = (position) => position.map((number) => number.toFixed(6)).join(", ");

const copied = corner(polygon((first) => [...first]));
const shared = corner(polygon((first) => first));
const cloned = corner(structuredClone(polygon((first) => first)));
const parsed = corner(JSON.parse(JSON.stringify(polygon((first) => first))));
const metres = Math.hypot((shared[0] - copied[0]) * 111320 * Math.cos(28 * Math.PI / 180), (shared[1] - copied[1]) * 110850);
console.log(`closed by a copy ${shown(copied)}; by the same array ${shown(shared)}; apart ${metres.toFixed(0)} m`);
if (shown(copied) !== "120.704060, 27.996718") fail("Changed: the single conversion gives another position.");
if (shown(shared) !== "120.708126, 27.993443") fail("Changed: a corner that stands in the ring twice is no longer converted twice.");
if (shown(cloned) !== shown(shared)) fail("Changed: structuredClone now helps.");
if (shown(parsed) !== shown(copied)) fail("Changed: a copy through JSON no longer helps.");
JS
node "$work/check.cjs"
echo "As described: the shared corner was converted twice."
