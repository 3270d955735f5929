package tests

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/logentry"
	"stella-ops.org/attestdb/domain/verifier/publickey"
	"stella-ops.org/attestdb/internal/testdb"
)

// Who signs with a key that is trusted may put anything beside the signature. None of
// it is ever called verified because the signature is.
func TestKeyVouchesForNothingBesideItsSignature(t *testing.T) {
	t.Parallel()
	log := domaintest.NewLog(t, 1)
	logged := loggedBundle(t, log, "a")
	verifier := func(options ...publickey.Option) attestor.Verifier {
		v, err := publickey.New([]publickey.Key{{Public: log.Signer()}}, options...)
		require.NoError(t, err)
		return v
	}
	outcome := func(v attestor.Verifier, ev *attestor.Evidence) (attestor.Outcome, string) {
		t.Helper()
		got, err := v.Verify(t.Context(), ev)
		require.NoError(t, err)
		if got.Outcome == attestor.Verified && len(ev.LogEntries) > 0 && len(got.LogEntries) > 0 {
			require.Equal(t, []int{0}, got.LogEntries)
		}
		return got.Outcome, got.Reason
	}
	logs := publickey.WithLogVerifier(logVerifier(t, log.TrustedRoot(t)))

	// An entry that the log vouches for.
	got, reason := outcome(verifier(logs), logged)
	require.Equal(t, attestor.Verified, got, reason)
	got, _ = outcome(verifier(publickey.WithoutLogEntries()), logged)
	require.Equal(t, attestor.Verified, got)
	got, reason = outcome(verifier(), logged)
	require.Equal(t, attestor.Failed, got)
	require.Contains(t, reason, "log entries, which a key does not verify")

	// An entry with another time.
	tampered := *logged
	tampered.LogEntries = slices.Clone(logged.LogEntries)
	tampered.LogEntries[0].IntegratedTime = logged.LogEntries[0].IntegratedTime.Add(-365 * 24 * time.Hour)
	got, reason = outcome(verifier(logs), &tampered)
	require.Equal(t, attestor.Failed, got)
	require.Contains(t, reason, "transparency log entry 0")
	got, reason = outcome(verifier(publickey.WithLogVerifier(logVerifier(t, domaintest.NewLog(t, 1).TrustedRoot(t)))), logged)
	require.Equal(t, attestor.Failed, got, reason)

	// A certificate beside a good signature: anybody can issue one over a public key, in
	// any name, without the key.
	victim, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	other, forger, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	v, err := publickey.New([]publickey.Key{{Public: victim}})
	require.NoError(t, err)
	ev := domaintest.NewSigner(t).Evidence(t, "a", []byte("a"))
	ev.Envelope.Signatures[0].Sig = ed25519.Sign(private, dsse.PAE(ev.Envelope.PayloadType, ev.Envelope.Payload))
	got, reason = outcome(v, ev)
	require.Equal(t, attestor.Verified, got, reason)
	for _, certified := range []ed25519.PublicKey{victim, other} {
		template := &x509.Certificate{SerialNumber: big.NewInt(1), EmailAddresses: []string{"ceo@example.com"}, NotAfter: time.Now().Add(time.Hour)}
		ev.Envelope.Signatures[0].Certificate, err = x509.CreateCertificate(rand.Reader, template, template, certified, forger)
		require.NoError(t, err)
		got, reason = outcome(v, ev)
		require.Equal(t, attestor.Failed, got)
		require.Contains(t, reason, "for whose names a key does not vouch")
		_, acme := openTapped(t, testdb.New(t), nil)
		_, err = acme.Record(t.Context(), ev, attestdb.Verify(v))
		require.ErrorIs(t, err, attestdb.ErrVerification)
	}

	_, err = publickey.New([]publickey.Key{{Public: log.Signer()}}, logs, publickey.WithoutLogEntries())
	require.ErrorIs(t, err, attestdb.ErrInvalid)
}

// Without its promise an entry's time, and in Rekor v1 its index, are nobody's word: no
// such entry is verified where evidence comes in, nor when it is verified again, and
// evidence that its key verifies is stored beside it as what it is.
func TestEntryWithoutItsPromiseIsNeverVerified(t *testing.T) {
	t.Parallel()
	_, acme := openTapped(t, testdb.New(t), nil)
	for _, version := range []int{1, 2} {
		log := domaintest.NewLog(t, version)
		logs := logVerifier(t, log.TrustedRoot(t))
		key := []publickey.Key{{Public: log.Signer()}}
		strict, err := publickey.New(key, publickey.WithLogVerifier(logs))
		require.NoError(t, err)
		alone, err := publickey.New(key, publickey.WithoutLogEntries())
		require.NoError(t, err)
		for name, tamper := range map[string]func(e *logentry.Entry){
			"second": func(e *logentry.Entry) { e.IntegratedTime = e.IntegratedTime.Add(time.Second) },
			"minute": func(e *logentry.Entry) { e.IntegratedTime = e.IntegratedTime.Add(-time.Minute) },
			"far":    func(e *logentry.Entry) { e.IntegratedTime = e.IntegratedTime.Add(10 * 365 * 24 * time.Hour) },
			"index":  func(e *logentry.Entry) { e.LogIndex, e.IntegratedTime = e.LogIndex+1, time.Time{} },
			"both":   func(e *logentry.Entry) { e.LogIndex += 987654321 },
		} {
			name = fmt.Sprintf("%s, v%d", name, version)
			ev := loggedBundle(t, log, name)
			e := &ev.LogEntries[0]
			if e.IntegratedTime.IsZero() {
				e.IntegratedTime = time.Now().UTC().Truncate(time.Second)
			}
			e.InclusionPromise = nil
			tamper(e)
			_, err = acme.Record(t.Context(), ev, attestdb.Verify(strict))
			require.ErrorIs(t, err, attestdb.ErrVerification, name)
			rec, err := acme.Record(t.Context(), ev, attestdb.Verify(alone))
			require.NoError(t, err)
			require.Equal(t, attestor.Verified, rec.Verification.Outcome)
			entries, err := acme.Rekor().Entries(t.Context(), rec.ID)
			require.NoError(t, err)
			require.Len(t, entries, 1)
			require.Zero(t, entries[0].VerifiedAt, name)
			again, err := acme.VerifyEntry(t.Context(), logs, entries[0].ID)
			require.NoError(t, err)
			require.NotNil(t, again.Failure, name)
			kept := loggedBundle(t, log, name+", kept")
			kept.LogEntries[0] = *e
			rec, err = acme.Record(t.Context(), kept, attestdb.Verify(strict), attestdb.KeepFailed())
			require.NoError(t, err)
			require.Equal(t, attestor.Failed, rec.Verification.Outcome, name)
			entries, err = acme.Rekor().Entries(t.Context(), rec.ID)
			require.NoError(t, err)
			require.Len(t, entries, 1)
			require.Zero(t, entries[0].VerifiedAt, name)
		}
	}
}
