package tests

import (
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

// A statement may change the setting while it runs: row-level security reads it
// for each row, so whether the tenant may write must be asked for each row too.
func TestChangingTheSettingInAStatementWritesForNoSuspendedTenant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.super.Exec(t.Context(), "UPDATE tenancy.tenants SET status = 'suspended', status_changed_at = clock_timestamp() WHERE id = $1", w.globex.ID())
	require.NoError(t, err)
	before := w.fingerprint(t, w.acme.ID())
	for victim, state := range map[string]string{w.globex.ID().String(): "AD003", uuid.NewString(): "AD002"} {
		for _, after := range []string{victim, w.acme.ID().String()} {
			a := w.attacker(t)
			a.become(t, w.acme.ID().String())
			_, err := a.conn.Exec(t.Context(), `
WITH switched AS MATERIALIZED (SELECT set_config('attestdb.tenant_id', '`+victim+`', false) x)
INSERT INTO attestor.envelope_verifications
       (tenant_id, id, created_at, envelope_id, outcome, verifier, policy, signatures, time_verified)
SELECT '`+victim+`'::uuid, gen_random_uuid(), now(), '`+w.globexIDs[0].String()+`', 'verified', 'v', 'p', '[0]', now()
  FROM switched WHERE x <> ''
RETURNING set_config('attestdb.tenant_id', '`+after+`', false)`)
			var pg *pgconn.PgError
			require.ErrorAs(t, err, &pg)
			require.Equal(t, state, pg.Code)
		}
	}
	require.Equal(t, before, w.fingerprint(t, w.acme.ID()))
}

// By name the application reads that a tenant is there, and no more.
func TestATenantsNameTellsItsIDAndStatusAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.attacker(t)
	a.become(t, w.acme.ID().String())
	require.Nil(t, a.try(t, "SELECT set_config('attestdb.tenant_name', 'globex', false)", "").pgError)
	require.Nil(t, a.try(t, "SELECT id, name, status FROM tenancy.tenants", "").pgError)
	for _, column := range []string{"created_at", "created_by", "status_changed_at", "status_changed_by"} {
		require.Equal(t, "42501", a.try(t, "SELECT "+column+" FROM tenancy.tenants", "").pgError.Code)
	}
	for _, r := range w.relations {
		if r.TenantColumn == "tenant_id" {
			o := a.try(t, "SELECT to_jsonb(t)::text FROM "+r.Name+" t", "")
			require.False(t, leaks(o.text), r.Name)
		}
	}
}
