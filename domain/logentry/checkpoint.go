package logentry

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	formats "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"

	"stella-ops.org/attestdb/domain/fault"
)

// Checkpoint is a log's signed word about its tree.
//
// https://github.com/C2SP/C2SP/blob/main/tlog-checkpoint.md
type Checkpoint struct {
	// Origin names the log, and in Rekor v1 the shard.
	Origin string
	// TreeSize and RootHash are what the note says.
	TreeSize int64
	RootHash []byte
	// Note is the whole signed note, byte for byte.
	Note string
}

const allowedCheckpoint = "a signed note of an origin, a tree size and a root hash (C2SP tlog-checkpoint)"

// ParseCheckpoint reads a checkpoint. It verifies no signature, but there is at
// least one that has the form. The error is a *[fault.Invalid] for path.
func ParseCheckpoint(path, signed string) (*Checkpoint, error) {
	invalid := func(problem string) error {
		return &fault.Invalid{Field: path, Allowed: allowedCheckpoint, Problem: problem}
	}
	if n := len(signed); n > MaxCheckpointSize {
		return nil, &fault.Invalid{Field: path, Allowed: fmt.Sprintf("at most %d bytes", MaxCheckpointSize), Problem: fmt.Sprintf("it has %d", n)}
	}
	var unverified *note.UnverifiedNoteError
	if _, err := note.Open([]byte(signed), note.VerifierList()); !errors.As(err, &unverified) {
		return nil, invalid("it is no signed note")
	}
	for _, sig := range unverified.Note.UnverifiedSigs {
		// Of what decodes to the same bytes, one text only is what was signed with.
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return nil, invalid(fmt.Sprintf("the signature of %.100q is no base64 in its one form", sig.Name))
		}
	}
	text := unverified.Note.Text
	var body formats.Checkpoint
	if _, err := body.Unmarshal([]byte(text)); err != nil {
		return nil, invalid(strings.TrimPrefix(err.Error(), "invalid checkpoint - "))
	}
	lines := strings.SplitN(text, "\n", 4)
	switch {
	case body.Size > math.MaxInt64 || lines[1] != strconv.FormatUint(body.Size, 10):
		return nil, invalid("the tree size is no decimal number up to 2^63 - 1")
	case len(body.Hash) != HashSize || lines[2] != base64.StdEncoding.EncodeToString(body.Hash):
		return nil, invalid("the root hash is not 32 bytes in base64")
	case len(body.Origin) > MaxOriginLength || !utf8.ValidString(body.Origin) || strings.ContainsRune(signed, 0):
		return nil, invalid("the origin is too long or not text")
	}
	return &Checkpoint{Origin: body.Origin, TreeSize: int64(body.Size), RootHash: body.Hash, Note: signed}, nil
}

// Signers returns the names in the lines of signatures of the note, in its order; nil
// if it is no note. That they signed it is not looked at.
func (c *Checkpoint) Signers() []string {
	var unverified *note.UnverifiedNoteError
	if _, err := note.Open([]byte(c.Note), note.VerifierList()); !errors.As(err, &unverified) {
		return nil
	}
	var names []string
	for _, sig := range unverified.Note.UnverifiedSigs {
		names = append(names, sig.Name)
	}
	return names
}
