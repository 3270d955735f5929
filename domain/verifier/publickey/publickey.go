// Package publickey verifies DSSE signatures with public keys that the caller
// holds: no certificates, no transparency log, no trusted time.
//
// # Algorithms
//
//   - ECDSA on P-256 with SHA-256, on P-384 with SHA-384, on P-521 with SHA-512;
//     signatures in DER or as r and s side by side, as DSSE's test vector has it
//   - Ed25519
//   - RSA of at least 2048 bits with SHA-256, PKCS #1 v1.5 or PSS
//
// A key decides its algorithm; nothing in the evidence can choose one.
//
// # Bundles
//
// What a bundle carries besides the envelope is not signed by its key, and whoever
// reads "verified" takes it for true. So a signature does not count if it comes with a
// certificate, even one of the same key: anybody can issue one over a public key, in
// any name. A bundle with transparency log entries fails unless [WithLogVerifier]
// verifies them or [WithoutLogEntries] says that they do not matter.
package publickey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/logentry"
)

// Name is the name and version that a Verification names. The version changes
// when the same evidence and keys could give another outcome.
const Name = "publickey v3"

// Verifier verifies envelopes, bare or in a bundle, with a fixed set of keys.
// It is an [attestor.Verifier].
type Verifier struct {
	keys       []trustedKey // no two with the same fingerprint
	threshold  int
	logs       logentry.Verifier
	ignoreLogs bool
	policy     string
}

var _ attestor.Verifier = (*Verifier)(nil)

// Option changes what a Verifier requires.
type Option func(*Verifier)

// WithThreshold requires valid signatures of n distinct keys; the default is 1.
// Two signatures of one key count once.
func WithThreshold(n int) Option { return func(v *Verifier) { v.threshold = n } }

// WithLogVerifier has v verify every log entry of a bundle: one that does not verify
// fails the evidence.
func WithLogVerifier(v logentry.Verifier) Option { return func(p *Verifier) { p.logs = v } }

// WithoutLogEntries looks at no log entry: bundles verify whatever theirs say.
func WithoutLogEntries() Option { return func(v *Verifier) { v.ignoreLogs = true } }

// New returns a Verifier that trusts keys, all alike. A key that is given twice
// is one key, known by both ids. The error is a *[fault.Invalid] that names the
// key: there must be at least one, of an algorithm of this package, and no fewer
// than the threshold.
func New(keys []Key, options ...Option) (*Verifier, error) {
	v := &Verifier{threshold: 1}
	for _, option := range options {
		option(v)
	}
	for i, key := range keys {
		trusted, err := newTrustedKey(fmt.Sprintf("keys[%d]", i), key)
		if err != nil {
			return nil, err
		}
		same := slices.IndexFunc(v.keys, func(k trustedKey) bool { return k.fingerprint == trusted.fingerprint })
		if same < 0 {
			v.keys = append(v.keys, trusted)
		} else {
			v.keys[same].ids = append(v.keys[same].ids, trusted.ids...)
		}
	}
	if len(v.keys) == 0 {
		return nil, &fault.Invalid{Field: "keys", Allowed: "at least one public key"}
	}
	if v.threshold < 1 || v.threshold > len(v.keys) {
		return nil, &fault.Invalid{Field: "threshold", Allowed: fmt.Sprintf("1 to %d, the number of distinct keys", len(v.keys)), Problem: fmt.Sprintf("it is %d", v.threshold)}
	}
	if v.logs != nil && v.ignoreLogs {
		return nil, &fault.Invalid{Field: "log entries", Allowed: "WithLogVerifier or WithoutLogEntries, not both"}
	}
	v.policy = attestor.PolicyText(describe(v.keys, v.threshold) + v.describeLogs())
	return v, nil
}

func (v *Verifier) describeLogs() string {
	switch {
	case v.logs != nil:
		return "; every log entry verified"
	case v.ignoreLogs:
		return "; log entries not looked at"
	}
	return ""
}

func describe(keys []trustedKey, threshold int) string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = key.String()
	}
	slices.Sort(names)
	return fmt.Sprintf("signatures of at least %d of %d keys: %s", threshold, len(keys), strings.Join(names, ", "))
}

// Verify implements [attestor.Verifier]. A signature whose keyid is the id of
// trusted keys is tried against those; since a keyid is an unsigned hint, one
// that is empty or unknown is tried against all. SignedAt is zero.
func (v *Verifier) Verify(ctx context.Context, ev *attestor.Evidence) (attestor.Verification, error) {
	env := &ev.Envelope
	message := dsse.PAE(env.PayloadType, env.Payload)
	var signatures []int
	certified := false
	accepted := make(map[string]bool, len(v.keys))
	for i, sig := range env.Signatures {
		if err := ctx.Err(); err != nil {
			return attestor.Verification{}, err
		}
		for _, key := range v.candidates(sig.KeyID) {
			if key.verify(message, sig.Sig) {
				if sig.Certificate != nil {
					certified = true
					break
				}
				signatures = append(signatures, i)
				accepted[key.fingerprint] = true
				break
			}
		}
	}
	if len(accepted) < v.threshold {
		reason := v.reason(len(accepted), env.Signatures)
		if certified {
			reason = "a signature comes with a certificate, for whose names a key does not vouch; " + reason
		}
		failed := attestor.FailedVerification(Name, v.policy, reason)
		failed.Signatures = signatures
		return failed, nil
	}
	entries, reason, err := v.verifyLogEntries(ctx, ev)
	if err != nil {
		return attestor.Verification{}, err
	}
	if reason != "" {
		failed := attestor.FailedVerification(Name, v.policy, reason)
		failed.Signatures = signatures
		return failed, nil
	}
	return attestor.Verification{
		Outcome:      attestor.Verified,
		Verifier:     Name,
		Policy:       v.policy,
		Signatures:   signatures,
		LogEntries:   entries,
		TimeVerified: time.Now().UTC(),
	}, nil
}

// verifyLogEntries returns the positions of the entries that verified, or why the
// evidence fails for them.
func (v *Verifier) verifyLogEntries(ctx context.Context, ev *attestor.Evidence) (verified []int, reason string, err error) {
	if len(ev.LogEntries) == 0 || v.ignoreLogs {
		return nil, "", nil
	}
	if v.logs == nil {
		return nil, "the bundle has transparency log entries, which a key does not verify", nil
	}
	for i := range ev.LogEntries {
		err := v.logs.VerifyEntry(ctx, &ev.LogEntries[i])
		switch {
		case err == nil:
			verified = append(verified, i)
		case errors.Is(err, fault.ErrVerification):
			return nil, fmt.Sprintf("transparency log entry %d: %v", i, err), nil
		default:
			return nil, "", fmt.Errorf("transparency log entry %d: %w", i, err)
		}
	}
	return verified, "", nil
}

func (v *Verifier) candidates(keyID string) []trustedKey {
	var named []trustedKey
	for _, key := range v.keys {
		if keyID != "" && slices.Contains(key.ids, keyID) {
			named = append(named, key)
		}
	}
	if named == nil {
		return v.keys
	}
	return named
}

func (v *Verifier) reason(accepted int, signatures []attestor.Signature) string {
	if accepted > 0 {
		return fmt.Sprintf("signatures of %d trusted keys verify, %d are required", accepted, v.threshold)
	}
	var hints []string
	for _, sig := range signatures {
		if sig.KeyID != "" && len(hints) < 8 {
			hints = append(hints, fmt.Sprintf("%.64q", sig.KeyID))
		}
	}
	reason := "no signature verifies with a trusted key"
	if hints != nil {
		reason += "; the envelope names the keys " + strings.Join(hints, ", ")
	}
	return reason
}
