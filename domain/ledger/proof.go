package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
)

// ProofFormat is what a proof's file of this version says it is.
const ProofFormat = "attestdb ledger proof v1"

// MaxProofSize is the largest file of a proof, in bytes.
const MaxProofSize = 1 << 20

// Proof shows to somebody without the database that an entry is in a ledger: the entry's
// leaf, a signed checkpoint, and the hashes that lead from the one to the other. As a
// file it is one JSON object; docs/ledger-format.md says its members.
type Proof struct {
	// Checkpoint is the signed note.
	Checkpoint []byte
	// Leaf is the entry, as [Entry.AppendLeaf] writes it.
	Leaf []byte
	// LeafIndex is its place, TreeSize the checkpoint's.
	LeafIndex, TreeSize int64
	// Inclusion are the hashes of the inclusion proof.
	Inclusion []digest.SHA256
	// Consistency shows that the ledger is the one of an older checkpoint; nil for none.
	Consistency *Consistency
}

// Consistency leads from an older checkpoint to the one of a [Proof].
type Consistency struct {
	// Checkpoint is the older one, a signed note.
	Checkpoint []byte
	Hashes     []digest.SHA256
}

// The members of the JSON objects, in their order.
type (
	proofJSON struct {
		Format      string           `json:"format"`
		Checkpoint  string           `json:"checkpoint"`
		Leaf        []byte           `json:"leaf"`
		LeafIndex   int64            `json:"leaf_index"`
		TreeSize    int64            `json:"tree_size"`
		Inclusion   []tlog.Hash      `json:"inclusion"`
		Consistency *consistencyJSON `json:"consistency"`
	}
	consistencyJSON struct {
		Checkpoint string      `json:"checkpoint"`
		Hashes     []tlog.Hash `json:"hashes"`
	}
)

// Encode returns the proof's file. It returns an error for one larger than
// [MaxProofSize], which no proof of a ledger is.
func (p *Proof) Encode() ([]byte, error) {
	object := proofJSON{
		Format: ProofFormat, Checkpoint: string(p.Checkpoint), Leaf: p.Leaf,
		LeafIndex: p.LeafIndex, TreeSize: p.TreeSize, Inclusion: treeHashes(p.Inclusion),
	}
	if c := p.Consistency; c != nil {
		object.Consistency = &consistencyJSON{Checkpoint: string(c.Checkpoint), Hashes: treeHashes(c.Hashes)}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(object); err != nil {
		return nil, err
	}
	if b.Len() > MaxProofSize {
		return nil, &fault.Invalid{Field: "proof", Allowed: fmt.Sprintf("what makes a file of at most %d bytes", MaxProofSize)}
	}
	return b.Bytes(), nil
}

// ReadProof reads a file that [Proof.Encode] made. White space between values may have
// changed, nothing else: a member more, one twice, in another order or in another
// spelling is a *[fault.Invalid], since two readers could take it for two things. Whether
// the proof proves anything is for [Proof.Verify] to tell.
func ReadProof(raw []byte) (*Proof, error) {
	if len(raw) > MaxProofSize {
		return nil, &fault.Invalid{Field: "proof", Allowed: fmt.Sprintf("at most %d bytes", MaxProofSize), Problem: fmt.Sprintf("it has %d", len(raw))}
	}
	var object proofJSON
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&object); err != nil {
		// Its messages quote names of the input, which may be long.
		return nil, &fault.Invalid{Field: "proof", Allowed: "a ledger proof's file", Problem: fmt.Sprintf("%.200s", strings.TrimPrefix(err.Error(), "json: "))}
	}
	if object.Format != ProofFormat {
		return nil, &fault.Invalid{Field: "format", Allowed: fmt.Sprintf("%q", ProofFormat), Problem: fmt.Sprintf("it is %.60q", object.Format)}
	}
	p := &Proof{
		Checkpoint: []byte(object.Checkpoint), Leaf: object.Leaf, LeafIndex: object.LeafIndex, TreeSize: object.TreeSize,
		Inclusion: sums(object.Inclusion),
	}
	if c := object.Consistency; c != nil {
		p.Consistency = &Consistency{Checkpoint: []byte(c.Checkpoint), Hashes: sums(c.Hashes)}
	}
	if bytes.Contains(raw, []byte(`\u0000`)) {
		return nil, &fault.Invalid{Field: "proof", Allowed: "text without NUL"}
	}
	return p, p.sameAs(raw)
}

// sameAs says whether raw is how Encode writes p, white space aside.
func (p *Proof) sameAs(raw []byte) error {
	want, err := p.Encode()
	if err != nil {
		return err
	}
	var got bytes.Buffer
	if err := json.Compact(&got, raw); err != nil {
		return &fault.Invalid{Field: "proof", Allowed: "JSON, and nothing behind it", Problem: fmt.Sprintf("%.200s", err)}
	}
	a, b := got.Bytes(), bytes.TrimSuffix(want, []byte("\n"))
	if bytes.Equal(a, b) {
		return nil
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return &fault.Invalid{
		Field:   "proof",
		Allowed: "each member once, in the order and the spelling of the format",
		Problem: fmt.Sprintf("behind %.60q it goes on with %.30q instead of %.30q", a[max(0, i-30):i], a[i:min(len(a), i+30)], b[i:min(len(b), i+30)]),
	}
}

func sums(list []tlog.Hash) []digest.SHA256 {
	hashes := make([]digest.SHA256, len(list))
	for i, h := range list {
		hashes[i] = digest.SHA256(h)
	}
	return hashes
}

// Proven is what a proof shows.
type Proven struct {
	// Entry is the one that is in the ledger.
	Entry Entry
	// Checkpoint is of the ledger that it is in.
	Checkpoint Checkpoint
	// Since is the older checkpoint that the ledger is consistent with; nil for none.
	Since *Checkpoint
}

// Verify says whether the proof shows its entry to be in the ledger that a checkpoint of
// one of the verifiers' keys is of. It returns a *[ProofError] that says what is wrong,
// or an *[UnknownFieldError] if a newer version wrote the entry: the entry is in the
// ledger then, and what it says cannot be told.
//
// Which ledger it is only the key says, and the origin in the checkpoint.
func (p *Proof) Verify(verifiers ...note.Verifier) (Proven, error) {
	c, err := OpenCheckpoint(p.Checkpoint, verifiers...)
	if err != nil {
		return Proven{}, err
	}
	if p.TreeSize != c.TreeSize {
		return Proven{}, wrong(ProblemCheckpoint, "it is of the size %d, not %d", c.TreeSize, p.TreeSize)
	}
	inclusion := InclusionProof{
		LeafIndex: p.LeafIndex, TreeSize: p.TreeSize, LeafHash: digest.SHA256(tlog.RecordHash(p.Leaf)),
		RootHash: c.RootHash, Hashes: p.Inclusion,
	}
	if err := inclusion.Verify(); err != nil {
		return Proven{}, err
	}
	proven := Proven{Checkpoint: c}
	if p.Consistency != nil {
		if proven.Since, err = p.Consistency.verify(&c, verifiers); err != nil {
			return Proven{}, err
		}
	}
	proven.Entry, err = decodeAt(p.LeafIndex, p.Leaf)
	switch {
	case err != nil:
		return Proven{}, err
	case !c.of(proven.Entry.Tenant):
		return Proven{}, wrongAt(p.LeafIndex, ProblemPlace, "it is of tenant %s, and the checkpoint of another one's ledger", proven.Entry.Tenant)
	}
	return proven, nil
}

func (c *Consistency) verify(newer *Checkpoint, verifiers []note.Verifier) (*Checkpoint, error) {
	older, err := OpenCheckpoint(c.Checkpoint, verifiers...)
	if err != nil {
		return nil, err
	}
	if older.Origin != newer.Origin {
		return nil, wrong(ProblemCheckpoint, "the older one is of %.200q, not %.200q", older.Origin, newer.Origin)
	}
	p := ConsistencyProof{From: older.TreeSize, To: newer.TreeSize, FromRoot: older.RootHash, ToRoot: newer.RootHash, Hashes: c.Hashes}
	return &older, p.Verify()
}

// decodeAt reads the leaf of an index.
func decodeAt(index int64, leaf []byte) (Entry, error) {
	e, err := Decode(leaf)
	switch invalid := (*fault.Invalid)(nil); {
	case errors.As(err, &invalid):
		return Entry{}, wrongAt(index, ProblemLeaf, "%s", invalid)
	case err != nil:
		return Entry{}, fmt.Errorf("entry %d: %w", index, err)
	case e.Seq != index:
		return Entry{}, wrongAt(index, ProblemPlace, "the entry says that it is %d", e.Seq)
	}
	return e, nil
}

// VerifyProof reads the file of a proof and verifies it: [ReadProof] and [Proof.Verify].
func VerifyProof(raw []byte, verifiers ...note.Verifier) (Proven, error) {
	p, err := ReadProof(raw)
	if err != nil {
		return Proven{}, err
	}
	return p.Verify(verifiers...)
}
