// Verifies an Attestry log or one entry of it, by the code of golang.org/x/mod/sumdb. See README.md.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

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

func main() {
	if len(os.Args) != 6 {
		fmt.Println("usage: verify log VKEY-FILE ORIGIN CHECKPOINT LEAVES-FOLDER | verify entry VKEY-FILE ORIGIN PROOF LEAF")
		os.Exit(2)
	}
	vkey, origin, signed := strings.TrimSpace(read(os.Args[2])), os.Args[3], read(os.Args[4])
	switch os.Args[1] {
	case "log":
		fmt.Println("verified:", log(vkey, origin, signed, os.Args[5]))
	case "entry":
		fmt.Println("verified:", entry(vkey, origin, signed, read(os.Args[5])))
	default:
		refuse("neither log nor entry: " + os.Args[1])
	}
}
