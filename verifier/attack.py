"""Attacks a sample log and a sample consent in every small way and counts whom it deceives.

    attack.py GO-VERIFIER SAMPLE-FOLDER CONSENT-FOLDER SCRATCH-FOLDER

What is good must be verified and what is changed refused, by both verifiers; pymerkle gives a third opinion on the root.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pymerkle

import verify

GO, SAMPLE, CONSENT, SCRATCH = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
ORIGIN = (SAMPLE / "origin").read_text().strip()
VKEY = (SAMPLE / "vkey").read_text().strip()
COUNT = len(list((SAMPLE / "leaves").iterdir()))
ENTRY = COUNT // 2
tally = {"passed": 0, "failed": 0}


def tell(name, passed):
    tally["passed" if passed else "failed"] += 1
    if not passed:
        print("FAILED:", name)


def judge(name, expected, command, signed, last, origin=ORIGIN, vkey=VKEY):
    """Puts one case to both verifiers."""
    by_python = python_says(command, signed, last, origin, vkey)
    tell(f"{name}: Python says {by_python}", by_python == expected)
    (SCRATCH / "signed").write_bytes(signed)
    (SCRATCH / "vkey").write_text(vkey)
    if command == "entry":
        (SCRATCH / "leaf").write_bytes(last)
        last = SCRATCH / "leaf"
    arguments = [GO, command, SCRATCH / "vkey", origin, SCRATCH / "signed", last]
    run = subprocess.run(arguments, capture_output=True, text=True, check=False)
    by_go = run.returncode == 0 and run.stdout.startswith("verified:")
    refused = run.returncode == 1 and run.stdout.startswith("NOT verified:")
    tell(f"{name}: Go says {run.stdout!r} {run.stderr[:200]!r}", by_go if expected else refused)


def python_says(command, signed, last, origin, vkey):
    try:
        (verify.log if command == "log" else verify.entry)(vkey, origin, signed, last)
    except (verify.NotVerified, OSError):
        return False
    return True


def judge_consent(name, expected, folder, disclosure=None):
    """Puts a consent to both verifiers; every file but the disclosure as it lies in the folder."""
    disclosure = disclosure if disclosure is not None else (folder / "entry.disclosure.json").read_bytes()
    proof, leaf = (folder / "entry.tlog-proof").read_bytes(), (folder / "entry.leaf").read_bytes()
    vkey, origin = (folder / "vkey").read_text().strip(), (folder / "origin").read_text().strip()
    try:
        verify.consent(vkey, origin, proof, leaf, disclosure)
        tell(f"consent, {name}: Python is deceived", expected)
    except verify.NotVerified as error:
        tell(f"consent, {name}: Python says {error}", not expected)
    (SCRATCH / "disclosure").write_bytes(disclosure)
    arguments = [GO, "consent", folder / "vkey", origin, folder / "entry.tlog-proof", folder / "entry.leaf", SCRATCH / "disclosure"]
    run = subprocess.run(arguments, capture_output=True, text=True, check=False)
    said = "verified:" if expected else "NOT verified:"
    tell(f"consent, {name}: Go says {run.stdout!r} {run.stderr[:200]!r}", run.stdout.startswith(said))


def attack_consent():
    judge_consent("as it was given", True, CONSENT)
    forged = sorted((CONSENT / "forged").iterdir())
    tell("there are forgeries", len(forged) > 5)
    for folder in forged:
        # One is what all others are made of: without it a slip in their making would pass for a refusal.
        judge_consent(f"forged: {folder.name}", folder.name == "nothing", folder)
    good = (CONSENT / "entry.disclosure.json").read_bytes()
    disclosed = json.loads(good)
    for name in ["assertion", "method", "signed_at", *verify.AGREED.values()]:
        if name in disclosed:
            rest = {other: value for other, value in disclosed.items() if other != name}
            judge_consent(f"{name} withheld", False, CONSENT, json.dumps(rest, ensure_ascii=False, separators=(",", ":")).encode())
    for place, (name, changed) in enumerate(flips(good)):
        # Each is refused; every seventh is tried, so that it does not take for ever.
        if place % 7 == 0:
            judge_consent(name, False, CONSENT, changed)


def flips(data):
    """Each single bit, then each byte left out and each byte put twice."""
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield f"bit {bit % 8} of byte {bit // 8}", bytes(changed)
    for place in range(len(data)):
        yield f"without byte {place}", data[:place] + data[place + 1 :]
        twice = data[: place + 1] + data[place:]
        yield f"byte {place} twice", twice


def respelled(signed):
    """The same signature in another spelling of base64: the two unused bits set."""
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    place = signed.rindex(b"=") - 1
    return signed[:place] + alphabet[alphabet.index(signed[place]) ^ 1 :][:1] + signed[place + 1 :]


def main():
    leaves, checkpoint = SAMPLE / "leaves", (SAMPLE / "checkpoint").read_bytes()
    proof, leaf = (SAMPLE / f"proofs/{ENTRY}.tlog-proof").read_bytes(), (leaves / f"{ENTRY}.leaf").read_bytes()

    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for index in range(COUNT):
        tree.append_entry((leaves / f"{index}.leaf").read_bytes())
    root = tree.get_root() if hasattr(tree, "get_root") else tree.get_state()
    tell("pymerkle's root", root == verify.open_checkpoint(checkpoint, VKEY, ORIGIN)[1])

    judge("the log", True, "log", checkpoint, leaves)
    for index in range(COUNT):
        own = (SAMPLE / f"proofs/{index}.tlog-proof").read_bytes()
        judge(f"entry {index}", True, "entry", own, (leaves / f"{index}.leaf").read_bytes())
        other = (leaves / f"{(index + 1) % COUNT}.leaf").read_bytes()
        judge(f"entry {index} with another leaf", False, "entry", own, other)

    other_key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    judge("the log under another key", False, "log", checkpoint, leaves, vkey=other_key)
    judge("the log under another name", False, "log", checkpoint, leaves, origin=ORIGIN + "0")
    judge("the entry under another key", False, "entry", proof, leaf, vkey=other_key)
    judge("the entry under another name", False, "entry", proof, leaf, origin=ORIGIN + "0")
    judge("the checkpoint respelled", False, "log", respelled(checkpoint), leaves)
    judge("the proof respelled", False, "entry", respelled(proof), leaf)

    for name, changed in flips(checkpoint):
        judge(f"checkpoint, {name}", False, "log", changed, leaves)
    for name, changed in flips(proof):
        judge(f"proof, {name}", False, "entry", changed, leaf)
    for name, changed in flips(leaf):
        judge(f"leaf, {name}", False, "entry", proof, changed)

    def attack_log(name, change):
        copy = SCRATCH / "leaves"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(leaves, copy)
        change(copy)
        judge(f"log, {name}", False, "log", checkpoint, copy)

    def swap(copy):
        (copy / "0.leaf").rename(copy / "x")
        (copy / "1.leaf").rename(copy / "0.leaf")
        (copy / "x").rename(copy / "1.leaf")

    def close_up(copy):
        for index in range(2, COUNT):
            (copy / f"{index}.leaf").rename(copy / f"{index - 1}.leaf")

    attack_log("the first two swapped", swap)
    attack_log("the last one left out", lambda copy: (copy / f"{COUNT - 1}.leaf").unlink())
    attack_log("one left out in the middle", lambda copy: (copy / f"{ENTRY}.leaf").unlink())
    attack_log("one taken out and the gap closed", close_up)
    attack_log("one added", lambda copy: (copy / f"{COUNT}.leaf").write_bytes(leaf))
    for index in range(COUNT):
        flipped = bytearray((leaves / f"{index}.leaf").read_bytes())
        flipped[-1] ^= 1
        attack_log(f"leaf {index} changed", lambda copy, i=index, b=flipped: (copy / f"{i}.leaf").write_bytes(b))

    attack_consent()

    print(f"{tally['passed']} passed, {tally['failed']} failed")
    return 1 if tally["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
