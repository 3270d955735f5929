package domaintest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	bundlepb "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	commonpb "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	dssepb "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	rekorpb "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	trustpb "github.com/sigstore/protobuf-specs/gen/pb-go/trustroot/v1"
	formats "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/timestamppb"

	"stella-ops.org/attestdb/domain/attestor"
)

const (
	logHost = "rekor.example.com"
	// The shard of a log of version 1, and how many entries earlier ones have.
	logTreeID  = 1193046471193046471
	logEarlier = 1000
)

// Log is a transparency log of Rekor's kind with a genuine tree and key. Its
// entries have proofs, signed checkpoints and, in version 1, signed promises.
type Log struct {
	v2 bool
	// key is the log's, client signs the bundles that go into it.
	key, client *ecdsa.PrivateKey

	mu     sync.Mutex
	size   int64
	hashes []tlog.Hash
}

// NewLog makes a log of Rekor version 1 or 2, with fresh keys.
func NewLog(t testing.TB, version int) *Log {
	t.Helper()
	return &Log{v2: version == 2, key: newKey(t), client: newKey(t)}
}

// Signer returns the key that signs the bundles.
func (l *Log) Signer() crypto.PublicKey { return l.client.Public() }

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("generate key: %v", err)
	}
	return key
}

func publicDER(key *ecdsa.PrivateKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		panic(err) // a P-256 key always marshals
	}
	return der
}

func (l *Log) id() [sha256.Size]byte { return sha256.Sum256(publicDER(l.key)) }

// TrustedRoot returns a Sigstore trusted root that trusts this log and nothing
// else, in JSON.
func (l *Log) TrustedRoot(t testing.TB) []byte {
	t.Helper()
	id := l.id()
	raw, err := protojson.Marshal(&trustpb.TrustedRoot{
		MediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
		Tlogs: []*trustpb.TransparencyLogInstance{{
			BaseUrl: "https://" + logHost, HashAlgorithm: commonpb.HashAlgorithm_SHA2_256,
			PublicKey: &commonpb.PublicKey{
				RawBytes: publicDER(l.key), KeyDetails: commonpb.PublicKeyDetails_PKIX_ECDSA_P256_SHA_256,
				ValidFor: &commonpb.TimeRange{Start: timestamppb.New(time.Now().Add(-time.Hour))},
			},
			LogId: &commonpb.LogId{KeyId: id[:]},
		}},
	})
	if err != nil {
		t.Fatalf("write trusted root: %v", err)
	}
	return raw
}

// Bundle signs a Statement about one artifact and returns it as a Sigstore bundle
// of version 0.3 with an entry of the log.
func (l *Log) Bundle(t testing.TB, name string, artifact []byte) []byte {
	t.Helper()
	payload := Statement(name, artifact)
	digest := sha256.Sum256(dsse.PAE(attestor.PayloadTypeInToto, payload))
	sig, err := ecdsa.SignASN1(rand.Reader, l.client, digest[:])
	if err != nil {
		t.Fatalf("sign: %v", err)
	}
	raw, err := protojson.Marshal(&bundlepb.Bundle{
		MediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
		VerificationMaterial: &bundlepb.VerificationMaterial{
			Content:     &bundlepb.VerificationMaterial_PublicKey{PublicKey: &commonpb.PublicKeyIdentifier{Hint: "client"}},
			TlogEntries: []*rekorpb.TransparencyLogEntry{l.add(t, l.body(payload, digest, sig))},
		},
		Content: &bundlepb.Bundle_DsseEnvelope{DsseEnvelope: &dssepb.Envelope{
			PayloadType: attestor.PayloadTypeInToto, Payload: payload, Signatures: []*dssepb.Signature{{Sig: sig}},
		}},
	})
	if err != nil {
		t.Fatalf("write bundle: %v", err)
	}
	return raw
}

// body is what the log keeps, dsse 0.0.1 or hashedrekord 0.0.2.
func (l *Log) body(payload []byte, digest [sha256.Size]byte, sig []byte) []byte {
	b64 := base64.StdEncoding.EncodeToString
	key := publicDER(l.client)
	if l.v2 {
		return fmt.Appendf(nil, `{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{`+
			`"data":{"algorithm":"SHA2_256","digest":%q},"signature":{"content":%q,"verifier":{`+
			`"keyDetails":"PKIX_ECDSA_P256_SHA_256","publicKey":{"rawBytes":%q}}}}}}`, b64(digest[:]), b64(sig), b64(key))
	}
	sum := sha256.Sum256(payload)
	block := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: key})
	return fmt.Appendf(nil, `{"apiVersion":"0.0.1","kind":"dsse","spec":{"envelopeHash":{"algorithm":"sha256","value":"%x"},`+
		`"payloadHash":{"algorithm":"sha256","value":"%x"},"signatures":[{"signature":%q,"verifier":%q}]}}`,
		sha256.Sum256(sig), sum, b64(sig), b64(block))
}

// add appends an entry and proves it in the tree that ends with it.
func (l *Log) add(t testing.TB, body []byte) *rekorpb.TransparencyLogEntry {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	stored, err := tlog.StoredHashes(l.size, body, l)
	if err != nil {
		t.Fatalf("hash entry: %v", err)
	}
	l.hashes = append(l.hashes, stored...)
	l.size++
	root, err := tlog.TreeHash(l.size, l)
	if err != nil {
		t.Fatalf("hash tree: %v", err)
	}
	proof, err := tlog.ProveRecord(l.size, l.size-1, l)
	if err != nil {
		t.Fatalf("prove entry: %v", err)
	}
	id := l.id()
	entry := &rekorpb.TransparencyLogEntry{
		LogIndex: l.size - 1, LogId: &commonpb.LogId{KeyId: id[:]}, CanonicalizedBody: body,
		KindVersion: &rekorpb.KindVersion{Kind: "hashedrekord", Version: "0.0.2"},
		InclusionProof: &rekorpb.InclusionProof{
			LogIndex: l.size - 1, TreeSize: l.size, RootHash: root[:], Checkpoint: &rekorpb.Checkpoint{Envelope: l.checkpoint(t, root)},
		},
	}
	for _, hash := range proof {
		entry.InclusionProof.Hashes = append(entry.InclusionProof.Hashes, hash[:])
	}
	if !l.v2 {
		entry.LogIndex += logEarlier
		entry.IntegratedTime = time.Now().Unix()
		entry.KindVersion = &rekorpb.KindVersion{Kind: "dsse", Version: "0.0.1"}
		entry.InclusionPromise = &rekorpb.InclusionPromise{SignedEntryTimestamp: l.promise(t, entry)}
	}
	return entry
}

// ReadHashes implements [tlog.HashReader].
func (l *Log) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		hashes[i] = l.hashes[n]
	}
	return hashes, nil
}

func (l *Log) checkpoint(t testing.TB, root tlog.Hash) string {
	t.Helper()
	origin := logHost
	if !l.v2 {
		origin += fmt.Sprintf(" - %d", uint64(logTreeID))
	}
	text := formats.Checkpoint{Origin: origin, Size: uint64(l.size), Hash: root[:]}.Marshal()
	signed, err := note.Sign(&note.Note{Text: string(text)}, noteSigner{l})
	if err != nil {
		t.Fatalf("sign checkpoint: %v", err)
	}
	return string(signed)
}

// promise signs what Rekor v1 does: canonical JSON of four fields.
func (l *Log) promise(t testing.TB, e *rekorpb.TransparencyLogEntry) []byte {
	t.Helper()
	sig, err := l.sign(fmt.Appendf(nil, `{"body":%q,"integratedTime":%d,"logID":%q,"logIndex":%d}`,
		base64.StdEncoding.EncodeToString(e.GetCanonicalizedBody()), e.GetIntegratedTime(), hex.EncodeToString(e.GetLogId().GetKeyId()), e.GetLogIndex()))
	if err != nil {
		t.Fatalf("sign promise: %v", err)
	}
	return sig
}

func (l *Log) sign(msg []byte) ([]byte, error) {
	sum := sha256.Sum256(msg)
	return ecdsa.SignASN1(rand.Reader, l.key, sum[:])
}

// noteSigner signs checkpoints as Rekor does with such a key, whose hash is that
// of the key alone.
type noteSigner struct{ log *Log }

// Name is the log's host, as Rekor's notes are signed.
func (noteSigner) Name() string { return logHost }

// KeyHash is the beginning of the log's id.
func (s noteSigner) KeyHash() uint32 {
	id := s.log.id()
	return binary.BigEndian.Uint32(id[:])
}

// Sign signs the text of a note.
func (s noteSigner) Sign(msg []byte) ([]byte, error) { return s.log.sign(msg) }
