package sigstore_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	bundlepb "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	rekorpb "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/logentry"
	"stella-ops.org/attestdb/domain/verifier/publickey"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
)

// logged is a genuine bundle with one log entry, and who verifies them.
type logged struct {
	raw      []byte
	logs     *sigstore.LogVerifier
	verifier attestor.Verifier
}

func (l logged) bundle(t *testing.T) *bundlepb.Bundle {
	t.Helper()
	var b bundlepb.Bundle
	require.NoError(t, protojson.Unmarshal(l.raw, &b))
	return &b
}

// loggedBundles has bundles of Rekor v1 and v2: published, of a log of one's own and
// of sigstore-go's virtual instance.
func loggedBundles(t *testing.T) map[string]logged {
	t.Helper()
	trustedRoot, err := os.ReadFile("testdata/trusted_root.json")
	require.NoError(t, err)
	published, err := os.ReadFile("testdata/npm-provenance.sigstore.json")
	require.NoError(t, err)
	all := map[string]logged{"published, v1": {
		published, newLogVerifier(t, trustedRoot), newVerifier(t, trustedRoot, sigstore.WithIdentity(githubIssuer, sigstoreJS)),
	}}
	for version, name := range map[int]string{1: "key, v1", 2: "key, v2"} {
		log := domaintest.NewLog(t, version)
		log.Bundle(t, "before", []byte("before"))
		logs := newLogVerifier(t, log.TrustedRoot(t))
		keys, err := publickey.New([]publickey.Key{{Public: log.Signer()}}, publickey.WithLogVerifier(logs))
		require.NoError(t, err)
		all[name] = logged{log.Bundle(t, "app", []byte("app")), logs, keys}
	}
	virtual := newVirtual(t)
	root := trust(t, virtual)
	raw, err := protojson.Marshal(bundle03(t, virtual))
	require.NoError(t, err)
	all["certificate, v2"] = logged{raw, newLogVerifier(t, root), newVerifier(t, root, sigstore.WithAnyIdentity(), sigstore.WithSCTs(0))}
	return all
}

// The promise alone signs an integrated time, and in a log of shards the index. Whoever
// takes the promise away can write what they like there, and no entry that says so is
// ever verified, by whomever.
func TestNothingIsVouchedForWithoutItsPromise(t *testing.T) {
	t.Parallel()
	const long = 10 * 365 * 24 * 60 * 60
	now := time.Now().Unix()
	later := func(seconds int64) tamper {
		return func(e *rekorpb.TransparencyLogEntry) {
			if e.IntegratedTime == 0 {
				e.IntegratedTime = now
			}
			e.IntegratedTime += seconds
		}
	}
	further := func(places int64) tamper {
		return func(e *rekorpb.TransparencyLogEntry) { e.LogIndex += places }
	}
	type tampering struct {
		field string // which the reason names
		steps []tamper
	}
	const timeField, indexField = ".integratedTime", ".logIndex"
	tamperings := map[string]tampering{
		"first second":   {timeField, []tamper{func(e *rekorpb.TransparencyLogEntry) { e.IntegratedTime = 1 }}},
		"first index":    {indexField, []tamper{noTime, func(e *rekorpb.TransparencyLogEntry) { e.LogIndex = 0 }}},
		"both, a little": {"", []tamper{later(1), further(1)}},
		"both, far":      {"", []tamper{later(long), further(987654321)}},
		"kind":           {"", []tamper{func(e *rekorpb.TransparencyLogEntry) { e.KindVersion.Kind = "rekord" }}},
		"version":        {"", []tamper{func(e *rekorpb.TransparencyLogEntry) { e.KindVersion.Version = "0.0.3" }}},
		"log id":         {"", []tamper{func(e *rekorpb.TransparencyLogEntry) { e.LogId.KeyId[0] ^= 1 }}},
		"body":           {"", []tamper{func(e *rekorpb.TransparencyLogEntry) { e.CanonicalizedBody = append(e.CanonicalizedBody, ' ') }}},
		"proof's index":  {"", []tamper{noTime, func(e *rekorpb.TransparencyLogEntry) { e.InclusionProof.LogIndex-- }, proofsIndex}},
		"tree size":      {"", []tamper{noTime, proofsIndex, func(e *rekorpb.TransparencyLogEntry) { e.InclusionProof.TreeSize++ }}},
		"root hash":      {"", []tamper{noTime, proofsIndex, func(e *rekorpb.TransparencyLogEntry) { e.InclusionProof.RootHash[0] ^= 1 }}},
		"checkpoint": {"", []tamper{noTime, proofsIndex, func(e *rekorpb.TransparencyLogEntry) {
			c := e.InclusionProof.Checkpoint
			c.Envelope = strings.Replace(c.Envelope, "\n\n", "\nTimestamp: 1\n\n", 1)
		}}},
	}
	for _, seconds := range []int64{0, 1, -1, 60, -60, long, -long} {
		tamperings[fmt.Sprintf("%d s later", seconds)] = tampering{timeField, []tamper{later(seconds)}}
	}
	for _, places := range []int64{1, -1, 60, 987654321} {
		tamperings[fmt.Sprintf("%d places further", places)] = tampering{indexField, []tamper{noTime, further(places)}}
	}
	for name, of := range loggedBundles(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			genuine := of.bundle(t)
			ev := encode(t, genuine)
			require.Len(t, ev.LogEntries, 1)
			require.NoError(t, of.logs.VerifyEntry(t.Context(), &ev.LogEntries[0]))
			r, err := of.verifier.Verify(t.Context(), ev)
			require.NoError(t, err)
			require.Equal(t, attestor.Verified, r.Outcome, r.Reason)
			require.Equal(t, []int{0}, r.LogEntries)
			for tampered, c := range tamperings {
				b := of.bundle(t)
				e := b.VerificationMaterial.TlogEntries[0]
				e.InclusionPromise = nil
				for _, step := range c.steps {
					step(e)
				}
				if proto.Equal(b, genuine) || e.LogIndex < 0 {
					continue // it was the first already
				}
				of.requireNothingVouched(t, tampered, c.field, b)
			}
			// What nobody vouches for may be left out, where the log is one tree: a place in
			// a shard is none in the log.
			b := of.bundle(t)
			e := b.VerificationMaterial.TlogEntries[0]
			e.InclusionPromise = nil
			noTime(e)
			proofsIndex(e)
			if strings.Contains(name, "v1") {
				of.requireNothingVouched(t, "a shard's", indexField, b)
			} else {
				ev := encode(t, b)
				require.NoError(t, of.logs.VerifyEntry(t.Context(), &ev.LogEntries[0]))
			}
		})
	}
}

type tamper func(e *rekorpb.TransparencyLogEntry)

func noTime(e *rekorpb.TransparencyLogEntry) { e.IntegratedTime = 0 }

func proofsIndex(e *rekorpb.TransparencyLogEntry) { e.LogIndex = e.InclusionProof.LogIndex }

// requireNothingVouched is for a bundle whose entry is not what the log has: refused
// when it is parsed, or failed by every verifier, for a reason that names the field.
func (l logged) requireNothingVouched(t *testing.T, name, field string, b *bundlepb.Bundle) {
	t.Helper()
	ev, err := parse(t, b)
	if err != nil {
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid, name)
		return
	}
	err = l.logs.VerifyEntry(t.Context(), &ev.LogEntries[0])
	var failure *logentry.Failure
	require.ErrorAs(t, err, &failure, name)
	require.Contains(t, failure.Reason, field, name)
	if field != "" {
		require.Equal(t, logentry.CheckPromise, failure.Check, name)
	}
	r, err := l.verifier.Verify(t.Context(), ev)
	require.NoError(t, err)
	require.Equal(t, attestor.Failed, r.Outcome, name)
	require.Empty(t, r.LogEntries, name)
}
