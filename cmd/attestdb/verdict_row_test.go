package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
)

// CSV has the columns of the JSON lines, and no cell that a spreadsheet would run.
func TestLedgerRows(t *testing.T) {
	t.Parallel()
	var names []string
	for f := range reflect.TypeFor[ledgerRow]().Fields() {
		names = append(names, f.Tag.Get("json"))
	}
	require.Equal(t, names, csvColumns)
	e := ledger.Entry{
		Kind: ledger.Decision, Actor: "@ci", Reason: `=HYPERLINK("x")`, IdempotencyKey: "-1", Verifier: "+1", RecordedAt: time.Unix(1, 2000).UTC(),
		Subject: ledger.Subject{Digest: digest.Sum([]byte("x")).Digest(), Name: "\t=1"}, Policy: ledger.Policy{URI: "\r=1"},
		Inputs: []ledger.Input{{Kind: "sbom", Digest: digest.SHA256{1}}, {Kind: "vex", Digest: digest.SHA256{2}}},
	}
	row := newLedgerRow(e)
	cells := row.csv()
	require.Len(t, cells, len(csvColumns))
	for name, want := range map[string]string{
		"actor": "'@ci", "reason": `'=HYPERLINK("x")`, "idempotency_key": "'-1", "verifier": "'+1", "subject_name": "'\t=1", "policy_uri": "'\r=1",
		"recorded_at": "1970-01-01T00:00:01.000002Z", "verified_at": "", "payload_hash": "", "subject_algorithm": "sha256",
		"inputs": "sbom sha256:" + digest.SHA256{1}.String() + "; vex sha256:" + digest.SHA256{2}.String(),
	} {
		require.Equal(t, want, cells[slices.Index(csvColumns, name)], name)
	}
	raw, err := json.Marshal(row)
	require.NoError(t, err)
	require.Contains(t, string(raw), `"reason":"=HYPERLINK(\"x\")"`)
	require.Contains(t, string(raw), `"payload_hash":null`)
}
