package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/domaintest"
)

// writeEvidence writes what the scripts ingest: envelopes one (signed by key1)
// and two (signed by key1 and key2) about the file artifact, envelopes that are
// to be refused, and the demo's bundles.
func writeEvidence(t testing.TB, dir string) {
	t.Helper()
	write := func(name string, content []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o644))
	}
	artifact := []byte("an artifact\n")
	write("artifact", artifact)
	key1, key2 := newKey("1"), newKey("2")
	for name, key := range map[string]ed25519.PrivateKey{"key1.pem": key1, "key2.pem": key2, "key3.pem": newKey("3")} {
		der, err := x509.MarshalPKIXPublicKey(key.Public())
		require.NoError(t, err)
		write(name, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		der, err = x509.MarshalPKCS8PrivateKey(key)
		require.NoError(t, err)
		write("private-"+name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	for name, key := range map[string]ed25519.PrivateKey{"ledger1.pem": key1, "ledger2.pem": key2} {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		require.NoError(t, err)
		write(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	subject := fmt.Sprintf(`[{"name":"app.tar","digest":{"sha256":"%x"}}]`, sha256.Sum256(artifact))
	one := sign(t, statement(subject, "https://example.com/one/v1"), key1)
	write("one.json", one)
	two := sign(t, statement(subject, "https://example.com/two/v1"), key1, key2)
	write("two.json", two)
	bom := `"predicate":{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"lodash","version":"4.17.19","purl":"pkg:npm/lodash@4.17.19"}]}`
	attested := string(statement(subject, "https://cyclonedx.org/bom/v1.5"))
	write("attested.json", sign(t, []byte(attested[:strings.LastIndex(attested, `"predicate"`)]+bom+"}"), key1))
	write("broken.json", sign(t, []byte(attested[:strings.LastIndex(attested, `"predicate"`)]+strings.Replace(bom, "1.5", "1.2", 1)+"}"), key1))
	write("lines.jsonl", fmt.Appendf(nil, "%s\n\n%s\n", one, two))
	write("blank.jsonl", fmt.Appendf(nil, "\n%s\n%s\n", one, two))
	write("badsig.json", []byte(strings.Replace(string(one), `"sig":"`, `"sig":"!`, 1)))
	write("escape.json", sign(t, statement(strings.Replace(subject, "app.tar", `\u001b[31mred\u202e`, 1), "https://example.com/escape/v1"), key1))
	write("garbage.json", []byte("garbage"))
	write("text.json", signAs(t, "text/plain", []byte("text"), key1))
	for _, b := range demoBundles {
		raw, err := b.content()
		require.NoError(t, err)
		write(b.file, raw)
	}
	root, err := demoTrustedRoot()
	require.NoError(t, err)
	write(demoRoot, root)
	write("other_root.json", domaintest.NewLog(t, 1).TrustedRoot(t))
	for _, version := range []int{1, 2} {
		writeLogged(t, dir, version)
	}
}

// writeLogged writes a bundle of a log of that version, its key and its trusted root,
// and the bundle without the promise and with a time and an index that nobody signed.
func writeLogged(t testing.TB, dir string, version int) {
	t.Helper()
	log := domaintest.NewLog(t, version)
	write := func(name string, content []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("v%d_%s", version, name)), content, 0o644))
	}
	der, err := x509.MarshalPKIXPublicKey(log.Signer())
	require.NoError(t, err)
	write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	write("root.json", log.TrustedRoot(t))
	raw := log.Bundle(t, "app", []byte("app"))
	write("genuine.json", raw)
	for name, tamper := range map[string]func(e map[string]any){
		"time.json":  func(e map[string]any) { e["integratedTime"] = "2100000000" },
		"index.json": func(e map[string]any) { delete(e, "integratedTime"); e["logIndex"] = "987654321" },
		"both.json":  func(e map[string]any) { e["integratedTime"], e["logIndex"] = "2100000000", "987654321" },
	} {
		var bundle map[string]any
		require.NoError(t, json.Unmarshal(raw, &bundle))
		entry := bundle["verificationMaterial"].(map[string]any)["tlogEntries"].([]any)[0].(map[string]any)
		delete(entry, "inclusionPromise")
		tamper(entry)
		tampered, err := json.Marshal(bundle)
		require.NoError(t, err)
		write(name, tampered)
	}
}

func newKey(seed string) ed25519.PrivateKey {
	sum := sha256.Sum256([]byte(seed))
	return ed25519.NewKeyFromSeed(sum[:])
}

func statement(subjects, predicateType string) []byte {
	return fmt.Appendf(nil, `{"_type":"https://in-toto.io/Statement/v1","subject":%s,"predicateType":%q,"predicate":{}}`, subjects, predicateType)
}

func sign(t testing.TB, payload []byte, keys ...ed25519.PrivateKey) []byte {
	t.Helper()
	return signAs(t, "application/vnd.in-toto+json", payload, keys...)
}

func signAs(t testing.TB, payloadType string, payload []byte, keys ...ed25519.PrivateKey) []byte {
	t.Helper()
	var signatures []map[string]string
	for _, key := range keys {
		sig := ed25519.Sign(key, dsse.PAE(payloadType, payload))
		signatures = append(signatures, map[string]string{"keyid": "", "sig": base64.StdEncoding.EncodeToString(sig)})
	}
	raw, err := json.Marshal(map[string]any{
		"payloadType": payloadType, "payload": base64.StdEncoding.EncodeToString(payload), "signatures": signatures,
	})
	require.NoError(t, err)
	return raw
}
