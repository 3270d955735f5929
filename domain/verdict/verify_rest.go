package verdict

import (
	"context"
	"crypto/sha256"
	"slices"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/ledger"
)

// What is beyond the last entry, in one snapshot: entries may be appended meanwhile.
const beyondSQL = `WITH head (size) AS (` + sizeSQL + `)
SELECT
  (SELECT count(*) FROM verdict.ledger_inputs i WHERE i.tenant_id = $1 AND (i.seq >= 0 AND i.seq < (SELECT size FROM head)) IS NOT TRUE),
  (SELECT count(*) FROM verdict.ledger_nodes n WHERE n.tenant_id = $1
      AND (n.level BETWEEN 1 AND 15 AND n.index >= 0 AND n.index < (SELECT size FROM head) >> (4 * least(n.level, 15))) IS NOT TRUE),
  (SELECT count(*) FROM verdict.ledger_payloads p WHERE p.tenant_id = $1
      AND NOT EXISTS (SELECT FROM verdict.ledger_entries e WHERE e.tenant_id = $1 AND e.id = p.id AND e.payload_hash IS NOT NULL))`

// Envelopes whose bytes are gone, with what the ledger says, and those that are there
// although it says that they were erased. Whatever the inputs that are searched by say, the
// act's own do: $2 and the digest.
const envelopesSQL = `SELECT v.sha256, true, EXISTS (
         SELECT FROM (SELECT i.seq FROM verdict.ledger_inputs i
                       WHERE i.tenant_id = $1 AND i.digest = v.sha256 AND i.kind = 'envelope' OFFSET 0) i
           JOIN LATERAL (SELECT FROM verdict.ledger_entries a
                          WHERE a.tenant_id = $1 AND a.seq = i.seq AND a.kind = 'act' AND a.action = 'envelope.erase'
                            AND a.inputs = $2 || v.sha256 LIMIT 1) a ON true)
  FROM attestor.envelopes v
 WHERE v.tenant_id = $1 AND NOT EXISTS (SELECT FROM attestor.envelope_contents c WHERE c.tenant_id = $1 AND c.id = v.id)
UNION ALL
SELECT v.sha256, false, true
  FROM verdict.ledger_entries e
  JOIN attestor.envelopes v ON v.tenant_id = $1 AND v.sha256 = substring(e.inputs FROM octet_length($2) + 1)
  JOIN attestor.envelope_contents c ON c.tenant_id = $1 AND c.id = v.id
 WHERE e.tenant_id = $1 AND e.action = 'envelope.erase' AND e.action IS NOT NULL AND e.kind = 'act'`

// inputsOf is how the inputs of an act begin that is about one thing, before its digest.
func inputsOf(kind string) []byte {
	one := ledger.EncodeInputs([]Input{{Kind: kind}})
	return one[:len(one)-sha256.Size]
}

// checkRest looks for rows that belong to no entry, and at the envelopes that were
// erased.
func (v *verification) checkRest(ctx context.Context) (err error) {
	found, erased := findings{list: slices.Clone(v.list), more: v.more}, v.erased
	defer func() {
		if err != nil { // it may be done again
			v.findings, v.erased = found, erased
		}
	}()
	var inputs, nodes, payloads int64
	if err := v.one(ctx, beyondSQL, nil, &inputs, &nodes, &payloads); err != nil {
		return err
	}
	for _, x := range []struct {
		count int64
		fault Fault
		what  string
	}{
		{inputs, FaultInputs, "inputs"}, {nodes, FaultNode, "nodes"}, {payloads, FaultPayload, "payloads"},
	} {
		if x.count > 0 {
			v.add(-1, x.fault, "there are %d %s that no entry has", x.count, x.what)
		}
	}
	rows, err := v.store.conn.Query(ctx, envelopesSQL, v.store.conn.Tenant(), inputsOf(ledger.InputEnvelope))
	if err != nil {
		return err
	}
	var sum []byte
	var gone, said bool
	_, err = pgx.ForEachRow(rows, []any{&sum, &gone, &said}, func() error {
		switch {
		case gone && said:
			v.erased++
		case gone:
			v.add(-1, FaultPayload, "the bytes of envelope sha256:%x are gone, and no entry says that they were erased", sum)
		default:
			v.add(-1, FaultPayload, "the bytes of envelope sha256:%x were erased, and are there", sum)
		}
		return nil
	})
	return err
}
