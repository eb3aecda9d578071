#!/bin/sh
# Makes an environment, and installs what a lock lists. Where that fails, one line says why.
#   locks/install.sh check VENV PYTHON
#   locks/install.sh new VENV PYTHON
#   locks/install.sh pip VENV ARGUMENTS OF PIP INSTALL
set -u
do=$1 venv=$2
shift 2

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# Says in one line what a report of venv or pip comes to.
explain() {
  case $1 in
    *"No space left on device"*)
      fail "The disk is full: nothing more can be written to $venv" ;;
    *ensurepip*)
      fail "This needs python3-venv: apt install python3-venv" ;;
    *"HASHES ARE REQUIRED"* | *"DO NOT MATCH THE HASHES"*)
      fail "What was downloaded is not what the lock names; nothing was installed" ;;
    *"connection broken by"* | *"from versions: none"*)
      fail "No network, or an index without these packages; PIP_INDEX_URL names another index" ;;
  esac
  fail "$(printf '%s\n' "$1" | grep -v '^WARNING' | tail -n 1)"
}

# An environment holds copies where a file system has no links; venv insists on one.
allow_for_no_links() {
  mkdir -p "$venv" || exit 1
  if ln -s lib "$venv/.link" 2>/dev/null; then
    rm "$venv/.link"
  else
    mkdir -p "$venv/lib64"
  fi
}

# Nothing is touched before it is known that an environment can be made.
check() {
  found=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) ||
    fail "This needs Python 3.11 or newer; there is no $1"
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "This needs Python 3.11 or newer; $1 is $found"
}

case $do in
  check)
    check "$1"
    ;;
  new)
    check "$1"
    allow_for_no_links
    said=$("$1" -m venv "$venv" 2>&1) || explain "$said"
    ;;
  pip)
    # What somebody has set for pip elsewhere must not lead out of the environment.
    said=$(PIP_USER=0 PIP_TARGET='' PIP_PREFIX='' "$venv/bin/python" -m pip \
      --disable-pip-version-check --no-input install --quiet "$@" 2>&1) || explain "$said"
    ;;
esac
