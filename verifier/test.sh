#!/usr/bin/env bash
# Makes a sample log and puts it, and every small change of it, to the foreign verifiers. Installs what they need.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if ! command -v go >/dev/null || [ ! -d /usr/share/gocode/src/golang.org/x/mod/sumdb/note ]; then
    apt-get update -qq
    apt-get install -y -qq golang-go golang-golang-x-mod-dev >/dev/null
fi
python=${ATTESTRY_VERIFIER_PYTHON:-${XDG_CACHE_HOME:-$HOME/.cache}/attestry-verifier/bin/python}
if ! "$python" -c 'import cryptography, pymerkle' 2>/dev/null; then
    python3 -m venv "$(dirname "$(dirname "$python")")"
    "$python" -m pip install --quiet --disable-pip-version-check -r verifier/requirements.txt
fi

GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= go build -o "$scratch/verify" verifier/verify.go
cargo run --quiet -p attestry-ledger --example sample_log -- "$scratch/sample" 11
cargo run --quiet -p attestry-ledger --example sample_log -- "$scratch/one" 1
cargo run --quiet -p attestry-ledger --example sample_log -- "$scratch/none" 0
cargo run --quiet -p attestry-store --example sample_consent -- "$scratch/consent"

# A log of one leaf and an empty one, by the command line of each.
for log in one none; do
    for verifier in "$scratch/verify" "$python verifier/verify.py"; do
        $verifier log "$scratch/$log/vkey" "$(cat "$scratch/$log/origin")" "$scratch/$log/checkpoint" "$scratch/$log/leaves"
    done
done

mkdir "$scratch/work"
PYTHONDONTWRITEBYTECODE=1 "$python" verifier/attack.py "$scratch/verify" "$scratch/sample" "$scratch/consent" "$scratch/work"
