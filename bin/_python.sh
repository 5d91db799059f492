# Sourced by bin/up and bin/test: sets $python to a Python 3.11 or newer, or stops with one clear line.
python=""
for candidate in "${POTAGER_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
  [ -n "$candidate" ] || continue
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Potager needs Python 3.11 or newer; set POTAGER_PYTHON to its path · 需要 Python 3.11 或更新版本" >&2
  exit 1
fi
