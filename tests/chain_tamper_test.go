package tests

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/proofchain"
)

// Whatever a superuser changes past triggers and keys is found, and named by the
// segment. The chain has an sbom at 0, evidence at 1 and 2, reasoning at 3 and 4,
// vex at 5 and a verdict at 6.
func TestTamperedChainIsFoundOut(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	store := w.acme.Attestor()
	w.assemble(t, w.request())
	req := w.request()
	req.PolicyVersion = "2026-12"
	a := w.assemble(t, req)
	d, err := store.Chain(t.Context(), a.ID)
	require.NoError(t, err)
	other := w.record(t, "another", "a") // about the subject, but not in the chain
	stranger := w.record(t, "stranger", "b")
	about := func(position int, problem proofchain.Problem) proofchain.Finding {
		s := d.Segments[position]
		return proofchain.Finding{Position: position, Kind: s.Kind, Digest: s.Digest, Problem: problem}
	}
	segment := func(position int, kind proofchain.Kind, sum digest.SHA256, problem proofchain.Problem) proofchain.Finding {
		return proofchain.Finding{Position: position, Kind: kind, Digest: sum, Problem: problem}
	}
	root := proofchain.Finding{Position: proofchain.WholeChain, Problem: proofchain.RootDiffers}
	gone := func(position int) proofchain.Finding {
		return proofchain.Finding{Position: position, Problem: proofchain.Missing}
	}
	evidence := d.Segments[1]
	stated := slices.IndexFunc(d.Segments, func(s attestor.StoredSegment) bool {
		return s.Kind == proofchain.Reasoning && s.Digest == w.evidence[0]
	})

	conn := w.Conn(t, "superuser")
	for _, sql := range []string{
		"SET session_replication_role = replica",
		"ALTER TABLE attestor.proof_segments DROP CONSTRAINT proof_segments_content_digest, DROP CONSTRAINT proof_segments_content_kind, DROP CONSTRAINT proof_segments_kind_known",
	} {
		_, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	damaged := []string{"envelopes", "envelope_contents", "proof_chains", "proof_segments"}
	for _, table := range damaged {
		_, err := conn.Exec(t.Context(), fmt.Sprintf("CREATE TEMPORARY TABLE %s AS TABLE attestor.%s", table, table))
		require.NoError(t, err)
	}
	const ofChain, at = " WHERE chain_id = $1", " WHERE chain_id = $1 AND position = "
	for _, c := range []struct {
		name, sql string
		args      []any
		want      []proofchain.Finding
	}{
		{"a byte of evidence", "UPDATE attestor.envelope_contents SET content = set_byte(content, 40, get_byte(content, 40) # 1) WHERE id = $1",
			[]any{evidence.EnvelopeID}, []proofchain.Finding{about(1, proofchain.WrongDigest)}},
		{"evidence without its bytes", "DELETE FROM attestor.envelope_contents WHERE id = $1", []any{evidence.EnvelopeID}, []proofchain.Finding{about(1, proofchain.Missing)}},
		{"evidence without its envelope", "DELETE FROM attestor.envelopes WHERE id = $1", []any{evidence.EnvelopeID}, []proofchain.Finding{about(1, proofchain.Missing)}},
		{"a byte of a document", "UPDATE attestor.proof_segments SET content = '{\"result\":\"fail\"}'" + at + "6", []any{a.ID}, []proofchain.Finding{about(6, proofchain.WrongDigest)}},
		{"a document without its bytes", "UPDATE attestor.proof_segments SET content = NULL" + at + "5", []any{a.ID}, []proofchain.Finding{about(5, proofchain.Missing)}},
		{"a digest of nothing", "UPDATE attestor.proof_segments SET digest = sha256('x')" + at + "2", []any{a.ID},
			[]proofchain.Finding{segment(2, proofchain.Evidence, digest.Sum([]byte("x")), proofchain.Missing), root}},
		{"another artifact's evidence", "UPDATE attestor.proof_segments SET digest = $2" + at + "2", []any{a.ID, stranger[:]},
			[]proofchain.Finding{segment(2, proofchain.Evidence, stranger, proofchain.NotAbout), root}},
		{"other evidence of the artifact", "UPDATE attestor.proof_segments SET digest = $2" + at + "0", []any{a.ID, other[:]},
			[]proofchain.Finding{segment(0, proofchain.SBOM, other, proofchain.WrongKind), root}},
		{"another kind", "UPDATE attestor.proof_segments SET kind = 'sbom'" + at + "6", []any{a.ID}, []proofchain.Finding{
			segment(6, proofchain.SBOM, d.Segments[6].Digest, proofchain.NotAbout), segment(6, proofchain.SBOM, d.Segments[6].Digest, proofchain.Misplaced), root}},
		{"an unknown kind", "UPDATE attestor.proof_segments SET kind = 'gossip'" + at + "6", []any{a.ID},
			[]proofchain.Finding{segment(6, "gossip", d.Segments[6].Digest, proofchain.Misplaced), root}},
		{"the first segment gone", "DELETE FROM attestor.proof_segments" + at + "0", []any{a.ID}, []proofchain.Finding{gone(0), root}},
		{"a segment gone", "DELETE FROM attestor.proof_segments" + at + "3", []any{a.ID}, []proofchain.Finding{gone(3), root}},
		{"the last segment gone", "DELETE FROM attestor.proof_segments" + at + "6", []any{a.ID}, []proofchain.Finding{gone(6), root}},
		{"all segments gone", "DELETE FROM attestor.proof_segments" + ofChain, []any{a.ID},
			[]proofchain.Finding{gone(0), gone(1), gone(2), gone(3), gone(4), gone(5), gone(6), root}},
		{"a segment more", `INSERT INTO attestor.proof_segments SELECT tenant_id, gen_random_uuid(), created_at, chain_id, 7, 'verdict', sha256('{}'), '{}'
			FROM attestor.proof_segments` + at + "6", []any{a.ID}, []proofchain.Finding{segment(7, proofchain.Verdict, digest.Sum([]byte("{}")), proofchain.Misplaced), root}},
		{"a segment elsewhere", "UPDATE attestor.proof_segments SET position = 2000" + at + "1", []any{a.ID}, []proofchain.Finding{gone(1),
			segment(2000, proofchain.Evidence, evidence.Digest, proofchain.Misplaced)}},
		{"another subject", "UPDATE attestor.proof_chains SET subject_digest = sha256('b') WHERE id = $1", []any{a.ID},
			[]proofchain.Finding{about(0, proofchain.NotAbout), about(1, proofchain.NotAbout), about(2, proofchain.NotAbout), about(stated, proofchain.NotAbout), root}},
		{"another policy", "UPDATE attestor.proof_chains SET policy_version = '2026-11' WHERE id = $1", []any{a.ID}, []proofchain.Finding{root}},
		{"another root", "UPDATE attestor.proof_chains SET root_hash = sha256('x') WHERE id = $1", []any{a.ID}, []proofchain.Finding{root}},
		{"another predecessor", "UPDATE attestor.proof_chains SET supersedes_id = id WHERE id = $1", []any{a.ID}, []proofchain.Finding{root}},
		{"history forged", "UPDATE attestor.proof_chains SET root_hash = sha256('x') WHERE id = $1", []any{a.SupersedesID}, []proofchain.Finding{root}},
	} {
		tag, err := conn.Exec(t.Context(), c.sql, c.args...)
		require.NoError(t, err, c.name)
		require.NotZero(t, tag.RowsAffected(), c.name)

		v, err := store.VerifyChain(t.Context(), a.ID, nil)
		require.NoError(t, err, c.name)
		found := withoutDetails(v.Findings)
		if strings.HasPrefix(c.sql, "UPDATE attestor.proof_segments SET digest") {
			// Whether the new digest is in its place is chance.
			found = slices.DeleteFunc(found, func(f proofchain.Finding) bool { return f.Problem == proofchain.Misplaced })
		}
		require.Equal(t, c.want, found, c.name)
		// A file of what was tampered with tells as well.
		var file bytes.Buffer
		require.NoError(t, store.ExportChain(t.Context(), a.ID, &file), c.name)
		if read, err := attestor.VerifyChainFile(file.Bytes()); err == nil {
			require.NotEmpty(t, read.Findings, c.name)
		} else {
			require.Equal(t, "an unknown kind", c.name)
		}
		for _, table := range damaged {
			_, err := conn.Exec(t.Context(), fmt.Sprintf("DELETE FROM attestor.%s; INSERT INTO attestor.%s SELECT * FROM pg_temp.%s", table, table, table))
			require.NoError(t, err)
		}
		v, err = store.VerifyChain(t.Context(), a.ID, nil)
		require.NoError(t, err)
		require.Empty(t, v.Findings, "after %s", c.name)
	}
}

func withoutDetails(findings []proofchain.Finding) []proofchain.Finding {
	bare := make([]proofchain.Finding, len(findings))
	for i, f := range findings {
		bare[i] = f
		bare[i].Detail = ""
	}
	return bare
}
