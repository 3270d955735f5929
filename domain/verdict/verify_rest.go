package verdict

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
)

// What is beyond the last entry, in one snapshot: entries may be appended meanwhile.
const beyondSQL = `WITH head (size) AS (` + sizeSQL + `)
SELECT
  (SELECT count(*) FROM verdict.ledger_inputs i WHERE i.tenant_id = $1 AND (i.seq >= 0 AND i.seq < (SELECT size FROM head)) IS NOT TRUE),
  (SELECT count(*) FROM verdict.ledger_nodes n WHERE n.tenant_id = $1
      AND (n.level BETWEEN 1 AND 15 AND n.index >= 0 AND n.index < (SELECT size FROM head) >> (4 * least(n.level, 15))) IS NOT TRUE),
  (SELECT count(*) FROM verdict.ledger_payloads p WHERE p.tenant_id = $1
      AND NOT EXISTS (SELECT FROM verdict.ledger_entries e WHERE e.tenant_id = $1 AND e.id = p.id AND e.payload_hash IS NOT NULL))`

// An envelope's bytes are gone, or there, and the ledger says otherwise.
const envelopesSQL = `SELECT x.sha256, x.gone, x.said FROM verdict.erased_envelopes($1) x`

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
	rows, err := v.store.conn.Query(ctx, envelopesSQL, v.store.conn.Tenant())
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
