"""Verifies an Attestry log or one entry of it, by hashlib and the package cryptography. See README.md."""

import base64
import re
import sys
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class NotVerified(Exception):
    """Why a log or an entry is not verified."""


def check(holds, reason):
    if not holds:
        raise NotVerified(reason)


def decode(text):
    """Base64 with its unused bits zero: one spelling for each value."""
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError as error:
        raise NotVerified(f"not base64: {text}") from error
    check(base64.b64encode(value).decode() == text, f"not canonical base64: {text}")
    return value


def decode_hash(text):
    value = decode(text)
    check(len(value) == 32, f"not a hash: {text}")
    return value


def decimal(text):
    check(re.fullmatch("0|[1-9][0-9]{0,18}", text), f"not a plain decimal: {text}")
    return int(text)


def leaf_hash(leaf):
    return sha256(b"\0" + leaf).digest()


def node_hash(left, right):
    return sha256(b"\1" + left + right).digest()


def tree_root(hashes):
    """RFC 6962, section 2.1."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256().digest()
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(tree_root(hashes[:split]), tree_root(hashes[split:]))


def path_root(leaf, index, size, path):
    """RFC 9162, section 2.1.3.2."""
    check(index < size, "the index is beyond the tree")
    node, last, found = index, size - 1, leaf
    for beside in path:
        check(last > 0, "the proof is too long")
        if node & 1 or node == last:
            found = node_hash(beside, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        node, last = node >> 1, last >> 1
    check(last == 0, "the proof is too short")
    return found


def open_note(text, vkey):
    """C2SP signed-note: the text that the key signed."""
    name, key_id, key = vkey.split("+", 2)
    key = decode(key)
    check(key[:1] == b"\1" and len(key) == 33, "not an Ed25519 key")
    identity = sha256(name.encode() + b"\n" + key).digest()[:4]
    check(identity.hex() == key_id, "the key's id is not that of its name and its bytes")
    try:
        text = text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotVerified("not UTF-8") from error
    check(not re.search("[\0-\x09\x0b-\x1f]", text), "a control character")
    body, blank, signatures = text.rpartition("\n\n")
    check(blank and signatures.endswith("\n"), "not a signed note")
    body, signed = body + "\n", False
    for line in signatures[:-1].split("\n"):
        parts = line.split(" ")
        check(len(parts) == 3 and parts[0] == "\u2014" and parts[1], f"not a signature line: {line}")
        signature = decode(parts[2])
        if parts[1] == name and signature[:4] == identity:
            try:
                Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], body.encode())
            except InvalidSignature as error:
                raise NotVerified("the signature is false") from error
            signed = True
    check(signed, "not signed by the key")
    return body


def open_checkpoint(text, vkey, origin):
    """C2SP tlog-checkpoint: the size and the root of the log's tree."""
    lines = open_note(text, vkey).split("\n")
    check(len(lines) == 4 and lines[3] == "", "a checkpoint has three lines")
    check(lines[0] == origin, f"a checkpoint of another log: {lines[0]}")
    return decimal(lines[1]), decode_hash(lines[2])


def log(vkey, origin, checkpoint, folder):
    """Verifies that the folder's leaves are the log, whole and in order."""
    size, root = open_checkpoint(checkpoint, vkey, origin)
    names = {path.name for path in folder.iterdir()}
    check(names == {f"{index}.leaf" for index in range(size)}, f"the folder does not hold just leaves 0 to {size - 1}")
    hashes = [leaf_hash((folder / f"{index}.leaf").read_bytes()) for index in range(size)]
    check(tree_root(hashes) == root, "the leaves' root is not the checkpoint's")
    return f"{origin}, the whole log of {size} leaves"


def entry(vkey, origin, proof, leaf):
    """Verifies that the leaf is in the log, by a .tlog-proof file."""
    head, _, checkpoint = proof.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    check(lines[0] == "c2sp.org/tlog-proof@v1", "not a tlog-proof")
    check(len(lines) > 1 and lines[1].startswith("index "), "no index, or extra data")
    index = decimal(lines[1].removeprefix("index "))
    size, root = open_checkpoint(checkpoint, vkey, origin)
    found = path_root(leaf_hash(leaf), index, size, [decode_hash(line) for line in lines[2:]])
    check(found == root, "the proof's root is not the checkpoint's")
    return f"{origin}, leaf {index} of {size}"


def main(arguments):
    if len(arguments) != 5 or arguments[0] not in ("log", "entry"):
        print("usage: verify.py log VKEY-FILE ORIGIN CHECKPOINT LEAVES-FOLDER | verify.py entry VKEY-FILE ORIGIN PROOF LEAF")
        return 2
    command, vkey, origin, signed, last = arguments
    try:
        vkey, signed, last = Path(vkey).read_text("utf-8").strip(), Path(signed).read_bytes(), Path(last)
        outcome = log(vkey, origin, signed, last) if command == "log" else entry(vkey, origin, signed, last.read_bytes())
    except (NotVerified, OSError, ValueError) as error:
        print("NOT verified:", error)
        return 1
    print("verified:", outcome)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
