package sigstore_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	bundlepb "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	commonpb "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore-go/pkg/testing/data"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/logentry"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
)

// swept is a genuine bundle and who verifies it.
type swept struct {
	raw      []byte
	verifier *sigstore.Verifier
	logs     *sigstore.LogVerifier
}

func (s swept) bundle(t *testing.T) *bundlepb.Bundle {
	t.Helper()
	var b bundlepb.Bundle
	require.NoError(t, protojson.Unmarshal(s.raw, &b))
	return &b
}

// sweptBundles has bundles with a chain of certificates, with checkpoints of Rekor v1
// and v2, and with time-stamps.
func sweptBundles(t *testing.T) map[string]swept {
	t.Helper()
	public, err := os.ReadFile("testdata/trusted_root.json")
	require.NoError(t, err)
	npm, err := os.ReadFile("testdata/npm-provenance.sigstore.json")
	require.NoError(t, err)
	chain, err := data.Bundle(t, "dsse.sigstore.json").MarshalJSON()
	require.NoError(t, err)
	v, logs := newVerifier(t, public, sigstore.WithAnyIdentity()), newLogVerifier(t, public)
	all := map[string]swept{"published, v1": {npm, v, logs}, "published, with its chain": {chain, v, logs}}

	virtual := newVirtual(t)
	trusted := trust(t, virtual)
	v, logs = newVerifier(t, trusted, sigstore.WithAnyIdentity(), sigstore.WithSCTs(0)), newLogVerifier(t, trusted)
	for name, b := range map[string]*bundlepb.Bundle{
		"virtual, v1": bundle01(t, virtual, time.Now().Add(time.Minute)), "virtual, v2": bundle03(t, virtual),
	} {
		raw, err := protojson.Marshal(b)
		require.NoError(t, err)
		all[name] = swept{raw, v, logs}
	}
	return all
}

// Whichever bit of a certificate behind the signer's, of a checkpoint or of a time-stamp
// is changed, the bundle is refused or fails: no part of what is verified is there only
// to look well.
func TestEveryBitOfWhatIsVerifiedCounts(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for name, of := range sweptBundles(t) {
		b := of.bundle(t)
		require.Equal(t, attestor.Verified, verify(t, of.verifier, encode(t, b)).Outcome, name)
		var fields []field
		for i, cert := range b.VerificationMaterial.GetX509CertificateChain().GetCertificates() {
			if i > 0 {
				fields = append(fields, field{fmt.Sprintf("certificate %d", i), &cert.RawBytes, requireNeverVerified})
				seen["certificate"]++
			}
		}
		for i, stamp := range b.VerificationMaterial.GetTimestampVerificationData().GetRfc3161Timestamps() {
			fields = append(fields, field{fmt.Sprintf("time-stamp %d", i), &stamp.SignedTimestamp, sameTimestamp(t, stamp)})
			seen["time-stamp"]++
		}
		for _, f := range fields {
			f.sweep(func(what string) { f.check(t, of.verifier, name+": "+what, b) })
		}
		for _, entry := range b.VerificationMaterial.TlogEntries {
			if c := entry.GetInclusionProof().GetCheckpoint(); c != nil {
				seen["checkpoint"]++
				of.sweepCheckpoint(t, name, b, c.Envelope, func(note string) { c.Envelope = note })
			}
		}
	}
	require.Equal(t, map[string]int{"certificate": 2, "time-stamp": 2, "checkpoint": 2}, seen)
}

// sweepCheckpoint changes every byte of the note, its signer's name included; the log
// verifier alone must see it too.
func (s swept) sweepCheckpoint(t *testing.T, name string, b *bundlepb.Bundle, genuine string, set func(note string)) {
	t.Helper()
	note := []byte(genuine)
	field{"checkpoint", &note, nil}.sweep(func(what string) {
		set(string(bytes.ToValidUTF8(note, []byte("?"))))
		requireNeverVerified(t, s.verifier, name+": "+what, b)
		if ev, err := parse(t, b); err == nil {
			requireFailure(t, s.logs.VerifyEntry(t.Context(), &ev.LogEntries[0]), logentry.CheckCheckpoint)
		}
	})
	set(genuine)
}

// sameTimestamp returns a check for bundles whose stamp is changed. CMS, which it is
// in, signs neither its version numbers nor what it lists beside the signed part, and
// says nothing with them: a stamp may verify only if it still says what it said.
func sameTimestamp(t *testing.T, stamp *commonpb.RFC3161SignedTimestamp) check {
	t.Helper()
	says := func() *timestamp.Timestamp {
		ts, err := timestamp.ParseResponse(stamp.SignedTimestamp)
		require.NoError(t, err)
		ts.RawToken = nil
		return ts
	}
	genuine := says()
	return func(t *testing.T, v *sigstore.Verifier, name string, b *bundlepb.Bundle) {
		t.Helper()
		if ev, err := parse(t, b); err == nil && verify(t, v, ev).Outcome == attestor.Verified {
			require.Equal(t, genuine, says(), name)
			return
		}
		requireNeverVerified(t, v, name, b)
	}
}

type check func(t *testing.T, v *sigstore.Verifier, name string, b *bundlepb.Bundle)

type field struct {
	name  string
	bytes *[]byte
	check check
}

// sweep has tampered called with some bits of each byte changed, one at a time, and
// changes it back.
func (f field) sweep(tampered func(what string)) {
	for at := range *f.bytes {
		for _, bit := range []int{at % 8, (at + 3) % 8} {
			(*f.bytes)[at] ^= 1 << bit
			tampered(fmt.Sprintf("%s, byte %d, bit %d", f.name, at, bit))
			(*f.bytes)[at] ^= 1 << bit
		}
	}
}

// What is no time-stamp at all is refused, not passed over.
func TestParseRefusesWhatIsNoTimestamp(t *testing.T) {
	t.Parallel()
	virtual := newVirtual(t)
	for name, stamp := range map[string][]byte{
		"three zeros": {0, 0, 0}, "nothing": nil, "too large": make([]byte, attestor.MaxTimestampSize+1),
		"rejected": {0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02},
		"deep":     bytes.Repeat([]byte{0x30, 0x80}, attestor.MaxTimestampSize/2),
	} {
		b := bundle01(t, virtual, time.Now().Add(time.Minute))
		stamps := b.VerificationMaterial.TimestampVerificationData
		stamps.Rfc3161Timestamps = append(stamps.Rfc3161Timestamps, &commonpb.RFC3161SignedTimestamp{SignedTimestamp: stamp})
		_, err := parse(t, b)
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid, name)
		require.Equal(t, "verificationMaterial.timestampVerificationData.rfc3161Timestamps[1].signedTimestamp", invalid.Field, name)
		require.Equal(t, name == "too large", invalid.Allowed == "at most 65536 bytes", name)
	}
}

// A time-stamp of an authority that the root does not name proves nothing; where the
// root names none, nobody can tell, and the log's time counts.
func TestVerifyLooksAtEveryTimestamp(t *testing.T) {
	t.Parallel()
	virtual := newVirtual(t)
	b := bundle01(t, virtual, time.Now().Add(time.Minute))
	others := bundle01(t, newVirtual(t), time.Now()).VerificationMaterial.TimestampVerificationData.Rfc3161Timestamps
	stamps := b.VerificationMaterial.TimestampVerificationData
	stamps.Rfc3161Timestamps = append(stamps.Rfc3161Timestamps, others...)
	options := []sigstore.Option{sigstore.WithAnyIdentity(), sigstore.WithSCTs(0)}
	requireFailed(t, newVerifier(t, trust(t, virtual), options...), encode(t, b), "time-stamp 1: ")

	var without map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(trust(t, virtual), &without))
	delete(without, "timestampAuthorities")
	trusted, err := json.Marshal(without)
	require.NoError(t, err)
	require.Equal(t, attestor.Verified, verify(t, newVerifier(t, trusted, options...), encode(t, b)).Outcome)
}
