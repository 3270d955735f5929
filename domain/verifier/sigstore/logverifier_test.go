package sigstore_test

import (
	"context"
	"encoding/base64"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/logentry"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
)

func newLogVerifier(t *testing.T, trustedRoot []byte) *sigstore.LogVerifier {
	t.Helper()
	v, err := sigstore.NewLogVerifier(trustedRoot)
	require.NoError(t, err)
	return v
}

// entry returns a genuine entry of a log that has others before it.
func entry(t *testing.T, log *domaintest.Log) *logentry.Entry {
	t.Helper()
	var ev *attestor.Evidence
	for _, name := range []string{"a", "b", "c"} {
		var err error
		ev, err = attestor.ParseBundle(log.Bundle(t, name, []byte(name)))
		require.NoError(t, err)
	}
	require.Len(t, ev.LogEntries, 1)
	require.NotEmpty(t, ev.LogEntries[0].InclusionProof.Hashes)
	return &ev.LogEntries[0]
}

func TestVerifyEntry(t *testing.T) {
	t.Parallel()
	for _, version := range []int{1, 2} {
		log := domaintest.NewLog(t, version)
		v := newLogVerifier(t, log.TrustedRoot(t))
		require.NoError(t, v.VerifyEntry(t.Context(), entry(t, log)))
		other := newLogVerifier(t, domaintest.NewLog(t, version).TrustedRoot(t))
		requireFailure(t, other.VerifyEntry(t.Context(), entry(t, log)), logentry.CheckLog)

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := v.VerifyEntry(ctx, entry(t, log))
		require.ErrorIs(t, err, context.Canceled)
		require.NotErrorIs(t, err, fault.ErrVerification)
	}
	_, err := sigstore.NewLogVerifier([]byte("{}"))
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func requireFailure(t *testing.T, err error, want logentry.Check) {
	t.Helper()
	var failure *logentry.Failure
	require.ErrorAs(t, err, &failure)
	require.Equal(t, want, failure.Check, failure.Reason)
	require.ErrorIs(t, err, fault.ErrVerification)
}

func TestVerifyEntryRefusesWhatIsNotGenuine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		versions []int
		check    logentry.Check
		tamper   func(e *logentry.Entry)
	}{
		"body":               {[]int{1, 2}, logentry.CheckInclusion, func(e *logentry.Entry) { e.CanonicalizedBody[50] ^= 1 }},
		"proof's hash":       {[]int{1, 2}, logentry.CheckInclusion, func(e *logentry.Entry) { e.InclusionProof.Hashes[0][5] ^= 1 }},
		"proof's tree size":  {[]int{1, 2}, logentry.CheckInclusion, func(e *logentry.Entry) { e.InclusionProof.TreeSize++ }},
		"proof's root":       {[]int{1, 2}, logentry.CheckInclusion, func(e *logentry.Entry) { e.InclusionProof.RootHash[31] ^= 1 }},
		"index in one tree":  {[]int{2}, logentry.CheckInclusion, func(e *logentry.Entry) { e.LogIndex++ }},
		"promised index":     {[]int{1}, logentry.CheckPromise, func(e *logentry.Entry) { e.LogIndex++ }},
		"promised time":      {[]int{1}, logentry.CheckPromise, func(e *logentry.Entry) { e.IntegratedTime = e.IntegratedTime.Add(-time.Second) }},
		"promise":            {[]int{1}, logentry.CheckPromise, func(e *logentry.Entry) { e.InclusionPromise[9] ^= 1 }},
		"promise without v1": {[]int{2}, logentry.CheckPromise, func(e *logentry.Entry) { e.InclusionPromise = []byte{1} }},
		"before the key":     {[]int{1}, logentry.CheckLog, func(e *logentry.Entry) { e.IntegratedTime = e.IntegratedTime.Add(-2 * time.Hour) }},
		"log id":             {[]int{1, 2}, logentry.CheckLog, func(e *logentry.Entry) { e.LogID[0] ^= 1 }},
		"no proof, no word":  {[]int{1, 2}, logentry.CheckInclusion, func(e *logentry.Entry) { e.InclusionProof, e.InclusionPromise = nil, nil }},
		"no checkpoint":      {[]int{1, 2}, logentry.CheckCheckpoint, func(e *logentry.Entry) { e.InclusionProof.Checkpoint = nil }},
		"kind": {[]int{1, 2}, logentry.CheckBody, func(e *logentry.Entry) {
			e.Kind, e.Version = "intoto", "0.0.1"
			e.InclusionProof = nil
			e.InclusionPromise = []byte{1}
			e.CanonicalizedBody = []byte(`{}`)
		}},
		"checkpoint": {[]int{1, 2}, logentry.CheckCheckpoint, func(e *logentry.Entry) {
			signed := []byte(e.InclusionProof.Checkpoint.Note)
			flip(signed, len(signed)-20)
			e.InclusionProof.Checkpoint.Note = string(signed)
		}},
		"whole tree": {[]int{1, 2}, logentry.CheckCheckpoint, func(e *logentry.Entry) {
			// A tree of one's own, with everything in step but the log's signature.
			leaf := e.LeafHash()
			if e.InclusionPromise == nil {
				e.LogIndex = 0
			}
			c := *e.InclusionProof.Checkpoint
			note := c.Origin + "\n1\n" + base64.StdEncoding.EncodeToString(leaf[:]) + "\n" + c.Note[lastBlank(c.Note):]
			parsed, err := logentry.ParseCheckpoint("", note)
			if err != nil {
				panic(err)
			}
			e.InclusionProof = &logentry.InclusionProof{TreeSize: 1, RootHash: leaf[:], Checkpoint: parsed}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, version := range c.versions {
				log := domaintest.NewLog(t, version)
				e := entry(t, log)
				c.tamper(e)
				requireFailure(t, newLogVerifier(t, log.TrustedRoot(t)).VerifyEntry(t.Context(), e), c.check)
			}
		})
	}
}

// lastBlank is where the signatures of a note begin, with the line before them.
func lastBlank(signed string) int {
	for i := len(signed) - 1; i > 0; i-- {
		if signed[i] == '\n' && signed[i-1] == '\n' {
			return i
		}
	}
	return 0
}

// Of two entries, one of which is forged, sigstore-go is content with the other.
func TestVerifyRefusesAForgedEntryBesideAGenuineOne(t *testing.T) {
	t.Parallel()
	virtual := newVirtual(t)
	v := newVerifier(t, trust(t, virtual), sigstore.WithAnyIdentity(), sigstore.WithSCTs(0))
	b := bundle01(t, virtual, time.Now().Add(5*time.Minute))
	genuine := verify(t, v, encode(t, b))
	require.Equal(t, attestor.Verified, genuine.Outcome, genuine.Reason)
	require.Equal(t, []int{0}, genuine.LogEntries)

	forged := bundle01(t, virtual, time.Now()).VerificationMaterial.TlogEntries[0]
	forged.CanonicalizedBody = b.VerificationMaterial.TlogEntries[0].CanonicalizedBody
	forged.LogIndex = 77
	b.VerificationMaterial.TlogEntries = append(b.VerificationMaterial.TlogEntries, forged)
	requireFailed(t, v, encode(t, b), "transparency log entry 1: promise")

	// One of a log that nobody here knows is no business of this root's.
	forged.LogId.KeyId[0] ^= 1
	got := verify(t, v, encode(t, b))
	require.Equal(t, attestor.Verified, got.Outcome, got.Reason)
	require.Equal(t, []int{0}, got.LogEntries)
}

// A bundle of any version, written again in version 0.3, is what it was.
func TestVerifyBundleWrittenAgain(t *testing.T) {
	t.Parallel()
	virtual := newVirtual(t)
	trustedRoot, err := os.ReadFile("testdata/trusted_root.json")
	require.NoError(t, err)
	raw, err := os.ReadFile("testdata/npm-provenance.sigstore.json")
	require.NoError(t, err)
	real01, err := attestor.ParseBundle(raw)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		verifier *sigstore.Verifier
		ev       *attestor.Evidence
	}{
		"npm, 0.1":     {newVerifier(t, trustedRoot, sigstore.WithIdentity(githubIssuer, sigstoreJS)), real01},
		"virtual, 0.3": {newVerifier(t, trust(t, virtual), sigstore.WithAnyIdentity(), sigstore.WithSCTs(0)), encode(t, bundle03(t, virtual))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			written, err := c.ev.BundleV03()
			require.NoError(t, err)
			again, err := attestor.ParseBundle(written)
			require.NoError(t, err)
			before, after := verify(t, c.verifier, c.ev), verify(t, c.verifier, again)
			require.Equal(t, attestor.Verified, after.Outcome, after.Reason)
			require.Equal(t, before.SignedAt, after.SignedAt)
			require.Equal(t, []int{0}, after.LogEntries)
		})
	}
}
