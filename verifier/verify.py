"""Verifies an Attestry log, one entry of it, or a consent signed with a passkey, by hashlib and the package cryptography.

See README.md.
"""

import base64
import json
import re
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import load_der_public_key


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


def web_decode(text):
    """Base64url without padding, its unused bits zero."""
    check(isinstance(text, str) and re.fullmatch("[A-Za-z0-9_-]+", text), f"not base64url: {text}")
    value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    check(web_encode(value) == text, f"not canonical base64url: {text}")
    return value


def web_encode(value):
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def canonical(value):
    """RFC 8785 of a value without fractions, whose names are ASCII."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def disclosed(leaf, disclosure):
    """The values that the leaf commits to: each hashes with its salt to the commitment in the leaf."""
    values = {}
    for name, one in disclosure.items():
        if name.startswith("@"):
            continue
        salt = bytes.fromhex(one["salt"])
        check(len(salt) == 32 and salt.hex() == one["salt"], f"not a salt: {one['salt']}")
        found = sha256(b"attestry/field/v1" + salt + canonical(one["value"])).digest()
        check(leaf["fields"].get(name) == web_encode(found), f"{name} is not the value that the entry commits to")
        values[name] = one["value"]
    return values


# The members of a statement that are the approval's own, by the field that holds them.
AGREED = {
    "capacity": "capacity",
    "conditions": "conditions",
    "decision": "decision",
    "delegated_by": "delegated_by",
    "hash": "subject_hash",
    "revision": "subject_revision",
    "signer": "signer",
    "statement": "statement",
    "subject": "subject",
}
AROUND = {"at", "form", "nonce", "organisation", "origin"}


def agreed(leaf, values):
    """The statement of the approval: what was signed must say what the approval says."""
    said = values["assertion"]["statement"]
    members = json.loads(said)
    check(canonical(members) == said.encode() and all(isinstance(it, str) for it in members.values()), "no statement")
    check(AROUND <= members.keys() and members["form"] == "attestry/consent/v1", "no statement of a consent")
    check(leaf["kind"] == "approval" and values.get("method") == "passkey", "no approval signed with a passkey")
    check(members["organisation"] == leaf["organisation"], f"signed in organisation {members['organisation']}")
    check(members.keys() - AROUND <= AGREED.keys(), "the statement says more than an approval does")
    for name, field in AGREED.items():
        # What is empty stands nowhere, in the leaf neither: a field that is withheld cannot be taken for empty.
        check((name in members) == (field in leaf["fields"]), f"the statement and the approval differ in {name}")
        if name in members:
            check(field in values, f"{field} is withheld")
            check(members[name] == str(values[field]), f"the statement is over another {name}")
    put, signed = (datetime.fromisoformat(it) for it in (members["at"], values["signed_at"]))
    check(put <= signed <= put + timedelta(minutes=10), "signed at another time than the approval says")
    return members


def assertion(members, signed):
    """Web Authentication, section 7.2: the passkey signed the statement on pages of its origin."""
    client = web_decode(signed["client_data"])
    data = json.loads(client)
    check(data.get("type") == "webauthn.get", "made for another purpose than a signature")
    challenge = sha256(signed["statement"].encode()).digest()
    check(data.get("challenge") == web_encode(challenge), "another statement was signed")
    check(data.get("origin") == members["origin"] and not data.get("crossOrigin"), f"signed at {data.get('origin')}")
    found = web_decode(signed["authenticator_data"])
    host = members["origin"].partition("://")[2].partition(":")[0]
    check(len(found) >= 37 and found[:32] == sha256(host.encode()).digest(), "made for another site")
    check(found[32] & 5 == 5, "the authenticator did not make sure who was there")
    key, signature = load_der_public_key(web_decode(signed["public_key"])), web_decode(signed["signature"])
    message = found + sha256(client).digest()
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        key.verify(signature, message, ECDSA(SHA256()))
    elif isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP384R1):
        key.verify(signature, message, ECDSA(SHA384()))
    elif isinstance(key, Ed25519PublicKey):
        key.verify(signature, message)
    elif isinstance(key, RSAPublicKey):
        key.verify(signature, message, PKCS1v15(), SHA256())
    else:
        raise NotVerified("a key of no sort that can be checked")


def consent(vkey, origin, proof, leaf, disclosure):
    """Verifies an entry of the log, the values disclosed of it, and the passkey's signature among them."""
    outcome = entry(vkey, origin, proof, leaf)
    try:
        leaf, disclosure = json.loads(leaf), json.loads(disclosure)
        values = disclosed(leaf, disclosure)
        check("assertion" in values, "the entry discloses no signature of a passkey")
        members = agreed(leaf, values)
        assertion(members, values["assertion"])
    except InvalidSignature as error:
        raise NotVerified("the signature is false") from error
    except (AttributeError, KeyError, TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise NotVerified(f"not an approval as Attestry writes it: {error!r}") from error
    key = sha256(web_decode(values["assertion"]["public_key"])).hexdigest()[:16]
    key = " ".join(key[at : at + 4] for at in range(0, 16, 4))
    who, what = members["signer"], f"{members['subject']}, state {members['hash']}"
    return f"{outcome}: {who} signed {members['decision']} of {what} at {members['origin']} with the key {key}"


def main(arguments):
    lengths = {"log": 5, "entry": 5, "consent": 6}
    if not arguments or len(arguments) != lengths.get(arguments[0]):
        print(
            "usage: verify.py log VKEY-FILE ORIGIN CHECKPOINT LEAVES-FOLDER | verify.py entry VKEY-FILE ORIGIN PROOF LEAF"
            " | verify.py consent VKEY-FILE ORIGIN PROOF LEAF DISCLOSURE"
        )
        return 2
    command, vkey, origin, signed, last = arguments[:5]
    try:
        vkey, signed, last = Path(vkey).read_text("utf-8").strip(), Path(signed).read_bytes(), Path(last)
        if command == "log":
            outcome = log(vkey, origin, signed, last)
        elif command == "entry":
            outcome = entry(vkey, origin, signed, last.read_bytes())
        else:
            outcome = consent(vkey, origin, signed, last.read_bytes(), Path(arguments[5]).read_bytes())
    except (NotVerified, OSError, ValueError) as error:
        print("NOT verified:", error)
        return 1
    print("verified:", outcome)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
