package verdict

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
)

// What acts say of rules, holds and releases that are not there so; and how many there are
// of which no act says anything, at place -1. It is what the database asks of each that is
// inserted, and asked here again, since whoever stops its triggers can change or remove them.
const retentionSQL = `SELECT coalesce(a.seq, -1), 'the rule that it sets is gone, or another one'
  FROM verdict.ledger_entries a
 WHERE a.tenant_id = $1 AND a.action = 'retention.set' AND a.action IS NOT NULL AND NOT EXISTS (
       SELECT FROM verdict.retention_rules r
        WHERE r.tenant_id = $1 AND r.seq = a.seq AND r.actor = a.actor AND r.created_at = a.recorded_at
          AND r.kind IN ('envelope', 'payload') AND (r.predicate_type IS NULL OR r.kind = 'envelope')
          AND a.subject_name = concat_ws(' ', r.kind, r.predicate_type)
          AND r.keep IN ('for', 'forever', 'default') AND (r.keep = 'for') = (r.keep_seconds IS NOT NULL)
          AND a.reason = 'keep=' || CASE r.keep WHEN 'for' THEN r.keep_seconds || 's' ELSE r.keep END)
UNION ALL
SELECT coalesce(a.seq, -1), 'the hold that it places is gone, or another one'
  FROM verdict.ledger_entries a
 WHERE a.tenant_id = $1 AND a.action = 'hold.place' AND a.action IS NOT NULL AND NOT EXISTS (
       SELECT FROM verdict.legal_holds h
        WHERE h.tenant_id = $1 AND h.seq = a.seq AND h.actor = a.actor AND h.created_at = a.recorded_at
          AND a.subject_name = h.id::text AND a.reason = h.reason
          AND (a.subject_algorithm, a.subject_digest) IS NOT DISTINCT FROM (h.subject_algorithm, h.subject_digest)
          AND (h.scope = 'subject') = (h.subject_digest IS NOT NULL)
          AND CASE h.scope WHEN 'envelope' THEN a.inputs = $2 || h.digest WHEN 'entry' THEN a.inputs = $3 || h.digest
              WHEN 'tenant' THEN a.inputs IS NULL AND h.digest IS NULL WHEN 'subject' THEN a.inputs IS NULL AND h.digest IS NULL END)
UNION ALL
SELECT coalesce(a.seq, -1), 'the release of a hold that it says is gone, or another one'
  FROM verdict.ledger_entries a
 WHERE a.tenant_id = $1 AND a.action = 'hold.release' AND a.action IS NOT NULL AND NOT EXISTS (
       SELECT FROM verdict.legal_hold_releases r
        WHERE r.tenant_id = $1 AND r.seq = a.seq AND r.actor = a.actor AND r.created_at = a.recorded_at
          AND a.subject_name = r.id::text AND a.reason = r.reason)
UNION ALL
SELECT a.seq, 'it erases what a hold covers that was placed before and not released'
  FROM verdict.ledger_entries p
  CROSS JOIN LATERAL (SELECT i.seq FROM verdict.ledger_inputs i
                       WHERE i.tenant_id = $1 AND i.digest = substring(p.inputs FROM octet_length(p.inputs) - 31) OFFSET 0) i
  CROSS JOIN LATERAL (SELECT e.seq FROM verdict.ledger_entries e
                       WHERE e.tenant_id = $1 AND e.seq = i.seq AND e.seq > p.seq AND e.inputs = p.inputs
                         AND e.action IN ('payload.erase', 'envelope.erase') OFFSET 0) a
 WHERE p.tenant_id = $1 AND p.action = 'hold.place' AND p.action IS NOT NULL AND octet_length(p.inputs) > 32
   AND NOT EXISTS (SELECT FROM verdict.ledger_entries r
        WHERE r.tenant_id = $1 AND r.action = 'hold.release' AND r.action IS NOT NULL AND r.subject_name = p.subject_name AND r.seq < a.seq)
UNION ALL
SELECT -1, format('there are %s %s of which no entry says anything', x.rows - x.acts, x.what)
  FROM (VALUES
    ('rules', (SELECT count(*) FROM verdict.retention_rules r WHERE r.tenant_id = $1),
      (SELECT count(*) FROM verdict.ledger_entries a WHERE a.tenant_id = $1 AND a.action = 'retention.set' AND a.action IS NOT NULL)),
    ('holds', (SELECT count(*) FROM verdict.legal_holds h WHERE h.tenant_id = $1),
      (SELECT count(*) FROM verdict.ledger_entries a WHERE a.tenant_id = $1 AND a.action = 'hold.place' AND a.action IS NOT NULL)),
    ('releases of holds', (SELECT count(*) FROM verdict.legal_hold_releases r WHERE r.tenant_id = $1),
      (SELECT count(*) FROM verdict.ledger_entries a WHERE a.tenant_id = $1 AND a.action = 'hold.release' AND a.action IS NOT NULL))
  ) x (what, rows, acts)
 WHERE x.rows > x.acts`

// checkRetention compares rules and holds with the acts, all of which are verified.
func (v *verification) checkRetention(ctx context.Context) (err error) {
	found := findings{list: slices.Clone(v.list), more: v.more}
	defer func() {
		if err != nil { // it may be done again
			v.findings = found
		}
	}()
	rows, err := v.store.conn.Query(ctx, retentionSQL, v.store.conn.Tenant(), inputsOf("envelope"), inputsOf("entry"))
	if err != nil {
		return err
	}
	var seq int64
	var what string
	_, err = pgx.ForEachRow(rows, []any{&seq, &what}, func() error {
		v.add(seq, FaultRetention, "%s", what)
		return nil
	})
	return err
}
