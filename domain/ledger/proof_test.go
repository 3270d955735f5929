package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/tenant"
)

func TestProofsOfEverySizeVerify(t *testing.T) {
	t.Parallel()
	const most = 70
	b := newBook(t, most)
	v := b.verifier(t)
	rapid.Check(t, func(r *rapid.T) {
		size := rapid.Int64Range(1, most).Draw(r, "size")
		seq := rapid.Int64Range(0, size-1).Draw(r, "seq")
		p := b.prove(t, seq, size, rapid.Int64Range(0, size).Draw(r, "from"))
		raw := encoded(t, p)
		got, err := ledger.ReadProof(raw)
		require.NoError(r, err)
		require.Equal(r, p, got)
		proven, err := ledger.VerifyProof(raw, v)
		require.NoError(r, err)
		require.Equal(r, b.entries[seq], proven.Entry)
		require.Equal(r, size, proven.Checkpoint.TreeSize)
		require.Equal(r, p.Consistency != nil, proven.Since != nil)
		// Any bit of any hash matters, and each hash is needed.
		if n := len(p.Inclusion); n > 0 {
			i := rapid.IntRange(0, n-1).Draw(r, "hash")
			p.Inclusion[i][rapid.IntRange(0, 31).Draw(r, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
			requireProblem(r, p, v, ledger.ProblemInclusion)
			p.Inclusion = p.Inclusion[:n-1]
			requireProblem(r, p, v, ledger.ProblemInclusion)
		}
	})
}

func requireProblem(t require.TestingT, p *ledger.Proof, v note.Verifier, want ledger.Problem) {
	_, err := p.Verify(v)
	var wrong *ledger.ProofError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, want, wrong.Problem, err)
	require.ErrorIs(t, err, fault.ErrVerification)
}

func TestProofThatIsTamperedWithIsFoundOut(t *testing.T) {
	t.Parallel()
	b := newBook(t, 40)
	foreign := newBook(t, 40)
	elsewhere := newBook(t, 10)
	shifted := elsewhere.entries[9]
	shifted.Seq, shifted.PrevHash = 12, elsewhere.entries[9].LeafHash
	elsewhere.add(t, shifted)
	another := &book{tenant: tenant.ID{9}, key: b.key}
	another.grow(t, 5)
	other, err := ledger.Sign(b.key, "example.com/other", 20, digest.SHA256{1})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		change  func(p *ledger.Proof)
		problem ledger.Problem
	}{
		"leaf":             {func(p *ledger.Proof) { p.Leaf[60]++ }, ledger.ProblemInclusion},
		"leaf index":       {func(p *ledger.Proof) { p.LeafIndex++ }, ledger.ProblemInclusion},
		"leaf index below": {func(p *ledger.Proof) { p.LeafIndex = -1 }, ledger.ProblemInclusion},
		"another's leaf":   {func(p *ledger.Proof) { p.Leaf = b.entries[8].AppendLeaf(nil) }, ledger.ProblemInclusion},
		"tree size":        {func(p *ledger.Proof) { p.TreeSize-- }, ledger.ProblemCheckpoint},
		"no hashes":        {func(p *ledger.Proof) { p.Inclusion = nil }, ledger.ProblemInclusion},
		"a hash more":      {func(p *ledger.Proof) { p.Inclusion = append(p.Inclusion, digest.SHA256{}) }, ledger.ProblemInclusion},
		"checkpoint's size": {func(p *ledger.Proof) {
			p.Checkpoint = bytes.Replace(p.Checkpoint, []byte("\n40\n"), []byte("\n41\n"), 1)
		}, ledger.ProblemSignature},
		"another's checkpoint": {
			func(p *ledger.Proof) { p.Checkpoint = foreign.sign(t, 40).Note }, ledger.ProblemSignature,
		},
		"older checkpoint": {func(p *ledger.Proof) {
			p.Checkpoint = b.sign(t, 39).Note
			p.TreeSize = 39
		}, ledger.ProblemInclusion},
		"no checkpoint": {func(p *ledger.Proof) { p.Checkpoint = nil }, ledger.ProblemCheckpoint},
		"consistency":   {func(p *ledger.Proof) { p.Consistency.Hashes[0][3]++ }, ledger.ProblemConsistency},
		"consistency cut": {
			func(p *ledger.Proof) { p.Consistency.Hashes = p.Consistency.Hashes[1:] }, ledger.ProblemConsistency,
		},
		"older is newer": {func(p *ledger.Proof) {
			*p = *b.prove(t, 7, 20, 10)
			p.Consistency.Checkpoint = b.sign(t, 40).Note
		}, ledger.ProblemConsistency},
		"older of another": {func(p *ledger.Proof) { p.Consistency.Checkpoint = other.Note }, ledger.ProblemCheckpoint},
		"older unsigned":   {func(p *ledger.Proof) { p.Consistency.Checkpoint = foreign.sign(t, 10).Note }, ledger.ProblemSignature},
	} {
		p := b.prove(t, 7, 40, 10)
		c.change(p)
		require.NotEmpty(t, name)
		requireProblem(t, p, b.verifier(t), c.problem)
	}
	// What is in a tree need not be where it says, nor the tenant's whose origin is signed.
	requireProblem(t, elsewhere.prove(t, 10, 11, 0), elsewhere.verifier(t), ledger.ProblemPlace)
	requireProblem(t, another.prove(t, 3, 5, 0), b.verifier(t), ledger.ProblemPlace)
	// Nor is everything that is in a tree an entry.
	notOne := newBook(t, 3)
	garbage := []byte{1, 2, 3}
	hashes, err := tlog.StoredHashesForRecordHash(3, tlog.RecordHash(garbage), notOne)
	require.NoError(t, err)
	notOne.stored, notOne.entries = append(notOne.stored, hashes...), append(notOne.entries, ledger.Entry{})
	p := notOne.prove(t, 3, 4, 0)
	p.Leaf = garbage
	requireProblem(t, p, notOne.verifier(t), ledger.ProblemLeaf)
	// An entry of a newer version is in the ledger, and cannot be read.
	newer := newBook(t, 3)
	leaf := append(newer.entries[2].AppendLeaf(nil), 0, 99, 0, 0, 0, 1, 'x')
	cut := newBook(t, 2)
	hashes, err = tlog.StoredHashesForRecordHash(2, tlog.RecordHash(leaf), cut)
	require.NoError(t, err)
	cut.stored, cut.entries = append(cut.stored, hashes...), append(cut.entries, ledger.Entry{})
	p = cut.prove(t, 2, 3, 0)
	p.Leaf = leaf
	_, err = p.Verify(cut.verifier(t))
	var unknown *ledger.UnknownFieldError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, uint16(99), unknown.Tag)
}

// The arithmetic of tlog does not end for sizes near the largest number.
func TestHugeSizesAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	const huge = 1<<63 - 1
	inclusion := ledger.InclusionProof{LeafIndex: 5, TreeSize: huge, Hashes: make([]digest.SHA256, 63)}
	require.ErrorIs(t, inclusion.Verify(), fault.ErrVerification)
	consistency := ledger.ConsistencyProof{From: 5, To: huge, Hashes: make([]digest.SHA256, 63)}
	require.ErrorIs(t, consistency.Verify(), fault.ErrVerification)
	b := newBook(t, 3)
	_, err := ledger.Sign(b.key, "x", huge, digest.SHA256{})
	require.ErrorIs(t, err, fault.ErrInvalid)
	text := "x\n9223372036854775807\n" + base64.StdEncoding.EncodeToString(make([]byte, 32)) + "\n"
	signed, err := note.Sign(&note.Note{Text: text}, b.key)
	require.NoError(t, err)
	_, err = ledger.OpenCheckpoint(signed, b.verifier(t))
	require.ErrorIs(t, err, fault.ErrVerification)
	require.Error(t, (&ledger.ConsistencyProof{From: 0, To: 5, FromRoot: digest.SHA256{1}}).Verify())
	require.NoError(t, (&ledger.ConsistencyProof{From: 0, To: 5, FromRoot: digest.Sum(nil)}).Verify())
}

func TestProofWithASecondReadingIsRefused(t *testing.T) {
	t.Parallel()
	b := newBook(t, 40)
	text := string(encoded(t, b.prove(t, 7, 40, 10)))
	for name, change := range map[string][2]string{
		"a member more":          {`"format":`, `"extra":1,"format":`},
		"a member twice":         {`"leaf_index":7`, `"leaf_index":8,"leaf_index":7`},
		"a member twice inside":  {`"hashes":`, `"hashes":[],"hashes":`},
		"another case":           {`"leaf":`, `"Leaf":`},
		"another order":          {`"leaf_index":7,"tree_size":40`, `"tree_size":40,"leaf_index":7`},
		"a member less":          {`"leaf_index":7,`, ``},
		"an escape":              {`"checkpoint":"a`, `"checkpoint":"\u0061`},
		"NUL":                    {`"checkpoint":"a`, `"checkpoint":"\u0000a`},
		"a broken character":     {`"checkpoint":"a`, "\"checkpoint\":\"\xff"},
		"a number in other form": {`"leaf_index":7`, `"leaf_index":7.0`},
		"another format":         {"proof v1", "proof v2"},
		"base64 with a line end": {`"leaf":"`, `"leaf":"\n`},
		"a hash in another form": {`="`, `"`},
		"null for hashes":        {`"hashes":[`, `"hashes":null,"x":[`},
		"something behind it":    {"}\n", "} {}"},
		"nothing":                {text, ""},
		"null":                   {text, "null"},
		"an array":               {text, "[]"},
	} {
		require.Contains(t, text, change[0], name)
		_, err := ledger.ReadProof([]byte(strings.Replace(text, change[0], change[1], 1)))
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid, name)
	}
	_, err := ledger.ReadProof([]byte(" \n" + strings.ReplaceAll(text, `,"`, ",\r\n\t\"")))
	require.NoError(t, err, "white space means nothing")
	_, err = ledger.ReadProof(make([]byte, ledger.MaxProofSize+1))
	require.ErrorContains(t, err, "at most")
	_, err = (&ledger.Proof{Leaf: make([]byte, ledger.MaxProofSize)}).Encode()
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func TestLargestProofHasAFile(t *testing.T) {
	t.Parallel()
	p := ledger.Proof{
		Checkpoint: bytes.Repeat([]byte{'\n'}, ledger.MaxNoteSize), Leaf: make([]byte, ledger.MaxLeafLength),
		Inclusion: make([]digest.SHA256, 60), Consistency: &ledger.Consistency{Checkpoint: bytes.Repeat([]byte{'\n'}, ledger.MaxNoteSize), Hashes: make([]digest.SHA256, 60)},
	}
	_, err := p.Encode()
	require.NoError(t, err)
}

func TestCheckpointsInOtherFormsAreRefused(t *testing.T) {
	t.Parallel()
	b := newBook(t, 3)
	root := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for text, want := range map[string]ledger.Problem{
		"x\n3\n" + root + "\n":                            "",
		"x\n03\n" + root + "\n":                           ledger.ProblemCheckpoint,
		"x\n+3\n" + root + "\n":                           ledger.ProblemCheckpoint,
		"x\n-3\n" + root + "\n":                           ledger.ProblemCheckpoint,
		"\n3\n" + root + "\n":                             ledger.ProblemCheckpoint,
		"x\n3\n" + root[:40] + "\n":                       ledger.ProblemCheckpoint,
		"x\n3\n" + root + "\nextension\n":                 ledger.ProblemCheckpoint,
		"x\n3\n":                                          ledger.ProblemCheckpoint,
		strings.Repeat("x", 1025) + "\n3\n" + root + "\n": ledger.ProblemCheckpoint,
	} {
		signed, err := note.Sign(&note.Note{Text: text}, b.key)
		require.NoError(t, err)
		_, err = ledger.OpenCheckpoint(signed, b.verifier(t))
		if want == "" {
			require.NoError(t, err)
			continue
		}
		var wrong *ledger.ProofError
		require.ErrorAs(t, err, &wrong, text)
		require.Equal(t, want, wrong.Problem, text)
	}
	_, err := ledger.OpenCheckpoint(make([]byte, ledger.MaxNoteSize+1), b.verifier(t))
	require.ErrorContains(t, err, "at most")
	// A witness's signature beside ours is no matter.
	witness := newKey(t, "witness.example")
	c := b.sign(t, 3)
	n, err := note.Open(c.Note, note.VerifierList(b.verifier(t)))
	require.NoError(t, err)
	cosigned, err := note.Sign(n, witness)
	require.NoError(t, err)
	got, err := ledger.OpenCheckpoint(cosigned, b.verifier(t))
	require.NoError(t, err)
	require.Equal(t, c.RootHash, got.RootHash)
}

func TestParseSigningKeyRefuses(t *testing.T) {
	t.Parallel()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	good := string(pemOf(t, "PRIVATE KEY", private))
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	for _, raw := range []string{
		"", "garbage", good + good, "x" + good, good + "x", string(pemOf(t, "ENCRYPTED PRIVATE KEY", private)), string(pemOf(t, "PUBLIC KEY", private)),
		string(pemOf(t, "PRIVATE KEY", rsaKey)), strings.Replace(good, "\nM", "\nN", 1),
	} {
		_, err := ledger.ParseSigningKey("k", []byte(raw))
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
	for _, name := range []string{"", "a b", "a+b", "a\nb"} {
		_, err := ledger.ParseSigningKey(name, []byte(good))
		require.ErrorIs(t, err, fault.ErrInvalid, name)
	}
	key, err := ledger.ParseSigningKey("example.com/log", []byte("\n"+good+"\n"))
	require.NoError(t, err)
	want, err := note.NewEd25519VerifierKey("example.com/log", private.Public().(ed25519.PublicKey))
	require.NoError(t, err)
	require.Equal(t, want, key.VerifierKey())
}
