package ledger

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/tenant"
)

// Limits of a checkpoint, in bytes.
const (
	MaxOriginLength = 1024
	// MaxNoteSize is that of the signed note, with the signatures of witnesses.
	MaxNoteSize = 64 << 10
)

// originPrefix is what the origin of a ledger begins with unless its owner names another.
const originPrefix = "attestdb/"

// Origin returns the origin of a tenant's ledger: attestdb/ and the tenant's id.
func Origin(id tenant.ID) string { return originPrefix + id.String() }

// TenantOf returns whose ledger an origin is, if it is one that [Origin] returns.
func TenantOf(origin string) (id tenant.ID, ok bool) {
	rest, ok := strings.CutPrefix(origin, originPrefix)
	if !ok {
		return tenant.ID{}, false
	}
	id, err := tenant.ParseID(rest)
	return id, err == nil
}

// Checkpoint is a signed word about a ledger at one size: a signed note of three lines
// and no more.
//
// https://c2sp.org/tlog-checkpoint
type Checkpoint struct {
	// Origin names the ledger: [Origin], or what its owner chose.
	Origin string
	// TreeSize is how many entries there are, RootHash the root hash of their tree
	// (RFC 6962).
	TreeSize int64
	RootHash digest.SHA256
	// Note is the signed note, byte for byte.
	Note []byte
}

// Sign returns a checkpoint that key signed. It returns a *[fault.Invalid] for an origin
// that no note can have, and an error if the signature is not one of key's.
func Sign(key SigningKey, origin string, size int64, root digest.SHA256) (Checkpoint, error) {
	if err := checkOrigin(origin); err != nil {
		return Checkpoint{}, err
	}
	if size < 0 || size > MaxTreeSize {
		return Checkpoint{}, &fault.Invalid{Field: "tree size", Allowed: "zero to 2^60"}
	}
	text := log.Checkpoint{Origin: origin, Size: uint64(size), Hash: root[:]}.Marshal()
	signed, err := note.Sign(&note.Note{Text: string(text)}, key.Signer)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("sign checkpoint: %w", err)
	}
	// A signer may be a device: what it returned is not believed.
	c, err := OpenCheckpoint(signed, key.verifier)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("sign checkpoint: the signer's signature: %w", err)
	}
	return c, nil
}

func checkOrigin(origin string) error {
	if origin == "" || len(origin) > MaxOriginLength || !utf8.ValidString(origin) || strings.ContainsFunc(origin, unicode.IsControl) {
		return &fault.Invalid{Field: "origin", Allowed: fmt.Sprintf("1 to %d bytes of one line of text", MaxOriginLength)}
	}
	return nil
}

// OpenCheckpoint reads a checkpoint that one of the verifiers' keys signed; signatures of
// other keys, such as those of witnesses, may be there as well. It returns a *[ProofError]
// of [ProblemSignature] if none of the keys did, and of [ProblemCheckpoint] for what is
// no checkpoint.
func OpenCheckpoint(raw []byte, verifiers ...note.Verifier) (Checkpoint, error) {
	if len(raw) > MaxNoteSize {
		return Checkpoint{}, wrong(ProblemCheckpoint, "allowed are at most %d bytes", MaxNoteSize)
	}
	n, err := note.Open(raw, note.VerifierList(verifiers...))
	if unverified := (*note.UnverifiedNoteError)(nil); errors.As(err, &unverified) {
		sigs := unverified.Note.UnverifiedSigs
		signers := make([]string, len(sigs))
		for i, s := range sigs {
			signers[i] = fmt.Sprintf("%.80s+%08x", s.Name, s.Hash)
		}
		return Checkpoint{}, wrong(ProblemSignature, "no trusted key signed the checkpoint, but %.400s", strings.Join(signers, ", "))
	}
	if invalid := (*note.InvalidSignatureError)(nil); errors.As(err, &invalid) {
		return Checkpoint{}, wrong(ProblemSignature, "the signature in the name of %s+%08x is not that key's", invalid.Name, invalid.Hash)
	}
	if err != nil {
		return Checkpoint{}, wrong(ProblemCheckpoint, "%s", err)
	}
	c, err := parseCheckpoint(n.Text)
	c.Note = raw
	return c, err
}

// parseCheckpoint reads the text of a checkpoint's note.
func parseCheckpoint(text string) (Checkpoint, error) {
	var c log.Checkpoint
	if _, err := c.Unmarshal([]byte(text)); err != nil {
		return Checkpoint{}, wrong(ProblemCheckpoint, "%.200s", strings.TrimPrefix(err.Error(), "invalid checkpoint - "))
	}
	switch {
	case len(c.Hash) != len(digest.SHA256{}), c.Size > MaxTreeSize, checkOrigin(c.Origin) != nil:
		return Checkpoint{}, wrong(ProblemCheckpoint, "allowed are an origin, a size and a hash of 32 bytes")
	case string(c.Marshal()) != text:
		return Checkpoint{}, wrong(ProblemCheckpoint, "it has other lines, or the same in another spelling")
	}
	return Checkpoint{Origin: c.Origin, TreeSize: int64(c.Size), RootHash: digest.SHA256(c.Hash)}, nil
}

// of says whether the checkpoint may be of a ledger of the tenant's: one whose origin is
// that of another tenant's is not.
func (c *Checkpoint) of(id tenant.ID) bool {
	rest, ok := strings.CutPrefix(c.Origin, originPrefix)
	if !ok {
		return true
	}
	named, err := tenant.ParseID(rest)
	return err != nil || named == id
}
