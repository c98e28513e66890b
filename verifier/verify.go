// Verifies an Attestry log, one entry of it, or a consent signed with a passkey, by the code of golang.org/x/mod/sumdb and of
// Go's own library. See README.md.
package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must[T any](value T, err error) T {
	if err != nil {
		refuse(err.Error())
	}
	return value
}

func refuse(reason string) {
	fmt.Println("NOT verified:", reason)
	os.Exit(1)
}

func read(path string) string { return string(must(os.ReadFile(path))) }

// Base64 with its unused bits zero: one spelling for each value.
func decode(text string) []byte { return must(base64.StdEncoding.Strict().DecodeString(text)) }

func decimal(text string) int64 {
	number := must(strconv.ParseInt(text, 10, 64))
	if number < 0 || strconv.FormatInt(number, 10) != text {
		refuse("not a plain decimal: " + text)
	}
	return number
}

func hash(text string) (hash tlog.Hash) {
	if len(decode(text)) != len(hash) {
		refuse("not a hash: " + text)
	}
	copy(hash[:], decode(text))
	return hash
}

// Opens a checkpoint signed by the key and tells the size and the root of the log's tree.
func checkpoint(text, vkey, origin string) (int64, tlog.Hash) {
	opened := must(note.Open([]byte(text), note.VerifierList(must(note.NewVerifier(vkey)))))
	for _, signature := range append(opened.Sigs, opened.UnverifiedSigs...) {
		decode(signature.Base64)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		refuse("a checkpoint has three lines")
	}
	if lines[0] != origin {
		refuse("a checkpoint of another log: " + lines[0])
	}
	return decimal(lines[1]), hash(lines[2])
}

// Verifies that the folder's leaves are the log, whole and in order.
func log(vkey, origin, note, folder string) string {
	size, root := checkpoint(note, vkey, origin)
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (hashes []tlog.Hash, err error) {
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	if files := must(os.ReadDir(folder)); int64(len(files)) != size {
		refuse(fmt.Sprintf("%d files, but %d leaves", len(files), size))
	}
	for index := int64(0); index < size; index++ {
		leaf := read(filepath.Join(folder, fmt.Sprintf("%d.leaf", index)))
		stored = append(stored, must(tlog.StoredHashes(index, []byte(leaf), reader))...)
	}
	found := must(tlog.TreeHash(size, reader))
	if size == 0 {
		found = hash("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=") // RFC 6962: SHA-256 of nothing
	}
	if found != root {
		refuse("the leaves' root is not the checkpoint's")
	}
	return fmt.Sprintf("%s, the whole log of %d leaves", origin, size)
}

// Verifies that the leaf is in the log, by a .tlog-proof file.
func entry(vkey, origin, proof, leaf string) string {
	head, note, _ := strings.Cut(proof, "\n\n")
	lines := strings.Split(head, "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		refuse("not a tlog-proof without extra data")
	}
	size, root := checkpoint(note, vkey, origin)
	index := decimal(strings.TrimPrefix(lines[1], "index "))
	var path tlog.RecordProof
	for _, line := range lines[2:] {
		path = append(path, hash(line))
	}
	if err := tlog.CheckRecord(path, size, root, index, tlog.RecordHash([]byte(leaf))); err != nil {
		refuse(err.Error())
	}
	return fmt.Sprintf("%s, leaf %d of %d", origin, index, size)
}

func check(holds bool, reason string) {
	if !holds {
		refuse(reason)
	}
}

// Base64url without padding, its unused bits zero.
func webDecode(text string) []byte { return must(base64.RawURLEncoding.Strict().DecodeString(text)) }

func webEncode(value []byte) string { return base64.RawURLEncoding.EncodeToString(value) }

// Reads JSON into something and refuses what it has no place for.
func parse(text []byte, into any, strict bool) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if strict {
		decoder.DisallowUnknownFields()
	}
	if err := decoder.Decode(into); err != nil {
		refuse(err.Error())
	}
	check(!decoder.More(), "something follows the JSON")
}

type leafOf struct {
	Organisation, Kind string
	Fields             map[string]string
}

// What the passkey made.
type assertion struct {
	Statement         string `json:"statement"`
	Credential        string `json:"credential"`
	PublicKey         string `json:"public_key"`
	AuthenticatorData string `json:"authenticator_data"`
	ClientData        string `json:"client_data"`
	Signature         string `json:"signature"`
}

// The values that the leaf commits to: each hashes with its salt to the commitment in the leaf. Disclosures hold values in
// their canonical form, so that the bytes are hashed as they stand.
func disclosed(leaf leafOf, disclosure string) map[string]json.RawMessage {
	var all map[string]map[string]json.RawMessage
	parse([]byte(disclosure), &all, false)
	values := map[string]json.RawMessage{}
	for name, one := range all {
		if strings.HasPrefix(name, "@") {
			continue
		}
		written := text(one["salt"])
		salt := must(hex.DecodeString(written))
		check(len(salt) == 32 && hex.EncodeToString(salt) == written, "not a salt: "+written)
		found := sha256.Sum256(append(append([]byte("attestry/field/v1"), salt...), one["value"]...))
		check(leaf.Fields[name] == webEncode(found[:]), name+" is not the value that the entry commits to")
		values[name] = one["value"]
	}
	return values
}

// The members of a statement that are the approval's own, and the fields that hold them.
var agreedFields = map[string]string{"capacity": "capacity", "conditions": "conditions", "decision": "decision",
	"delegated_by": "delegated_by", "hash": "subject_hash", "revision": "subject_revision", "signer": "signer",
	"statement": "statement", "subject": "subject"}

// A value as the text that statements write: texts as they are, numbers by their digits.
func text(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return string(value)
	}
	return text
}

// The statement of the approval: what was signed must say what the approval says.
func agreed(leaf leafOf, values map[string]json.RawMessage, said string) map[string]string {
	var members map[string]string
	parse([]byte(said), &members, false)
	var spelled bytes.Buffer
	encoder := json.NewEncoder(&spelled)
	encoder.SetEscapeHTML(false)
	check(encoder.Encode(members) == nil, "no statement")
	again := strings.NewReplacer(`\u2028`, "\u2028", `\u2029`, "\u2029").Replace(strings.TrimSuffix(spelled.String(), "\n"))
	check(again == said, "no statement")
	own := map[string]string{}
	for name, value := range members {
		own[name] = value
	}
	for _, name := range []string{"at", "form", "nonce", "organisation", "origin"} {
		_, found := own[name]
		check(found, "no statement of a consent")
		delete(own, name)
	}
	check(members["form"] == "attestry/consent/v1", "no statement of a consent")
	check(leaf.Kind == "approval" && text(values["method"]) == "passkey", "no approval signed with a passkey")
	check(members["organisation"] == leaf.Organisation, "signed in organisation "+members["organisation"])
	for name, field := range agreedFields {
		member, said := own[name]
		_, committed := leaf.Fields[field]
		// What is empty stands nowhere, in the leaf neither: a field that is withheld cannot be taken for empty.
		check(said == committed, "the statement and the approval differ in "+name)
		if said {
			value, shown := values[field]
			check(shown, field+" is withheld")
			check(member == text(value), "the statement is over another "+name)
			delete(own, name)
		}
	}
	check(len(own) == 0, "the statement says more than an approval does")
	put, signed := must(time.Parse(time.RFC3339Nano, members["at"])), must(time.Parse(time.RFC3339Nano, text(values["signed_at"])))
	check(!signed.Before(put) && !signed.After(put.Add(10*time.Minute)), "signed at another time than the approval says")
	return members
}

// Web Authentication, section 7.2: the passkey signed the statement on pages of its origin.
func asserted(members map[string]string, signed assertion) {
	client := webDecode(signed.ClientData)
	var data struct {
		Type, Challenge, Origin string
		CrossOrigin             bool
	}
	parse(client, &data, false)
	check(data.Type == "webauthn.get", "made for another purpose than a signature")
	challenge := sha256.Sum256([]byte(signed.Statement))
	check(data.Challenge == webEncode(challenge[:]), "another statement was signed")
	check(data.Origin == members["origin"] && !data.CrossOrigin, "signed at "+data.Origin)
	found := webDecode(signed.AuthenticatorData)
	_, host, _ := strings.Cut(members["origin"], "://")
	host, _, _ = strings.Cut(host, ":")
	site := sha256.Sum256([]byte(host))
	check(len(found) >= 37 && bytes.Equal(found[:32], site[:]), "made for another site")
	check(found[32]&5 == 5, "the authenticator did not make sure who was there")
	digest := sha256.Sum256(client)
	message, signature := append(found, digest[:]...), webDecode(signed.Signature)
	short, long := sha256.Sum256(message), sha512.Sum384(message)
	holds := false
	switch key := must(x509.ParsePKIXPublicKey(webDecode(signed.PublicKey))).(type) {
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			holds = ecdsa.VerifyASN1(key, short[:], signature)
		} else if key.Curve == elliptic.P384() {
			holds = ecdsa.VerifyASN1(key, long[:], signature)
		}
	case ed25519.PublicKey:
		holds = ed25519.Verify(key, message, signature)
	case *rsa.PublicKey:
		holds = rsa.VerifyPKCS1v15(key, crypto.SHA256, short[:], signature) == nil
	}
	check(holds, "the signature is false")
}

// Verifies an entry of the log, the values disclosed of it, and the passkey's signature among them.
func consent(vkey, origin, proof, leafText, disclosure string) string {
	outcome := entry(vkey, origin, proof, leafText)
	var leaf leafOf
	parse([]byte(leafText), &leaf, false)
	values := disclosed(leaf, disclosure)
	check(values["assertion"] != nil, "the entry discloses no signature of a passkey")
	var signed assertion
	parse(values["assertion"], &signed, true)
	members := agreed(leaf, values, signed.Statement)
	asserted(members, signed)
	key := sha256.Sum256(webDecode(signed.PublicKey))
	return fmt.Sprintf("%s: %s signed %s of %s, state %s at %s with the key %x %x %x %x", outcome, members["signer"],
		members["decision"], members["subject"], members["hash"], members["origin"], key[:2], key[2:4], key[4:6], key[6:8])
}

func main() {
	lengths := map[string]int{"log": 6, "entry": 6, "consent": 7}
	if len(os.Args) < 2 || len(os.Args) != lengths[os.Args[1]] {
		fmt.Println("usage: verify log VKEY-FILE ORIGIN CHECKPOINT LEAVES-FOLDER | verify entry VKEY-FILE ORIGIN PROOF LEAF" +
			" | verify consent VKEY-FILE ORIGIN PROOF LEAF DISCLOSURE")
		os.Exit(2)
	}
	vkey, origin, signed := strings.TrimSpace(read(os.Args[2])), os.Args[3], read(os.Args[4])
	switch os.Args[1] {
	case "log":
		fmt.Println("verified:", log(vkey, origin, signed, os.Args[5]))
	case "entry":
		fmt.Println("verified:", entry(vkey, origin, signed, read(os.Args[5])))
	case "consent":
		fmt.Println("verified:", consent(vkey, origin, signed, read(os.Args[5]), read(os.Args[6])))
	}
}
