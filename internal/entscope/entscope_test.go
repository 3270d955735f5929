package entscope_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/ent"
	"stella-ops.org/attestdb/ent/envelope"
	"stella-ops.org/attestdb/ent/envelopesignature"
	"stella-ops.org/attestdb/internal/entscope"
	"stella-ops.org/attestdb/internal/pgtenant"
	"stella-ops.org/attestdb/internal/pgxent"
	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

// unguarded is a database in which nothing but the hooks stands between two
// tenants.
type unguarded struct {
	pool         *pgxpool.Pool
	acme, globex uuid.UUID
	// client is acme's, all is everybody's.
	client, all *ent.Client
}

func newUnguarded(t *testing.T) *unguarded {
	t.Helper()
	tdb := testdb.New(t)
	db, err := attestdb.Open(t.Context(), attestdb.Config{
		App: attestdb.Conn{URL: tdb.URL("app")}, Admin: attestdb.Conn{URL: tdb.URL("admin")},
	})
	require.NoError(t, err)
	signer, log := domaintest.NewSigner(t), domaintest.NewLog(t, 1)
	ids := map[string]uuid.UUID{}
	for _, name := range []string{"acme", "globex"} {
		h := domaintest.Tenant(t, db, name)
		for _, artifact := range []string{"shared", name} {
			_, err := h.Record(t.Context(), signer.Evidence(t, name, []byte(artifact)), attestdb.Verify(signer.Verifier(t)))
			require.NoError(t, err)
		}
		subject, err := digest.New("sha256", digest.Sum([]byte("shared")).String())
		require.NoError(t, err)
		_, err = h.AssembleChain(t.Context(), attestor.ChainRequest{
			Subject: subject, PolicyVersion: "1", Segments: []attestor.ChainSegment{{Kind: proofchain.VEX, Content: []byte("{}")}},
		})
		require.NoError(t, err)
		_, err = h.ImportSBOM(t.Context(), []byte(`{"bomFormat":"CycloneDX","specVersion":"1.6","components":[
			{"type":"library","name":"a","version":"1","purl":"pkg:npm/a@1","licenses":[{"license":{"id":"MIT"}}],
			 "hashes":[{"alg":"SHA-256","content":"`+digest.Sum([]byte(name)).String()+`"}]}]}`), attestdb.About("shared", subject))
		require.NoError(t, err)
		logged, err := attestor.Parse(log.Bundle(t, name, []byte(name)))
		require.NoError(t, err)
		_, err = h.Record(t.Context(), logged)
		require.NoError(t, err)
		decisions := make([]verdict.Decision, 20)
		for i := range decisions {
			decisions[i] = verdict.Decision{
				Subject: verdict.Subject{Digest: subject}, Result: verdict.Pass, Policy: verdict.Policy{URI: "p"},
				Inputs: []verdict.Input{{Kind: "sbom", Digest: digest.Sum([]byte(name))}}, Payload: []byte("1"),
			}
		}
		_, err = h.As("ci").Verdict().AppendBatch(t.Context(), decisions)
		require.NoError(t, err)
		keep := db.Retention().As("ci")
		_, err = keep.Set(t.Context(), h.ID(), verdict.Rule{Kind: verdict.EntryPayloads, Keep: time.Hour})
		require.NoError(t, err)
		hold, err := keep.Hold(t.Context(), h.ID(), verdict.WholeTenant(), "r")
		require.NoError(t, err)
		_, err = keep.Release(t.Context(), h.ID(), hold.ID, "r")
		require.NoError(t, err)
		ids[name] = h.ID().UUID()
	}
	require.NoError(t, db.Close(t.Context()))
	super := tdb.Conn(t, "superuser")
	for name, id := range ids {
		_, err = super.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, false)", id.String())
		require.NoError(t, err)
		_, err = super.Exec(t.Context(), `SELECT verdict.record_checkpoint($1, gen_random_uuid(), $2, 1, verdict.tree_root($1, 1),
			convert_to($2 || chr(10) || 1 || chr(10) || encode(verdict.tree_root($1, 1), 'base64') || chr(10), 'UTF8'), $2)`, id, name)
		require.NoError(t, err)
	}
	_, err = super.Exec(t.Context(), `
DO $$ DECLARE r regclass; m text := '{`+strings.Join(migrations.Modules, ",")+`}'; BEGIN
  FOR r IN SELECT oid FROM pg_class WHERE relnamespace::regnamespace::text = ANY (m::text[]) AND relkind IN ('r', 'p') LOOP
    EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER ALL', r);
    EXECUTE format('GRANT ALL ON %s TO attestdb_app', r);
  END LOOP;
END $$`)
	require.NoError(t, err)
	u := &unguarded{pool: tdb.Pool(t, "app"), acme: ids["acme"], globex: ids["globex"]}
	u.client = entscope.Client(pgtenant.New(u.pool, u.acme))
	u.all = ent.NewClient(ent.Driver(pgxent.New(pgtenant.NewBare(u.pool))))
	return u
}

// types are the clients of all entities by name, so that a later entity joins
// by itself.
func types(client *ent.Client) map[string]reflect.Value {
	clients := map[string]reflect.Value{}
	for v, f := reflect.ValueOf(client).Elem(), 0; f < v.NumField(); f++ {
		if v.Type().Field(f).IsExported() && v.Field(f).Kind() == reflect.Pointer && v.Field(f).MethodByName("Query").IsValid() {
			clients[v.Type().Field(f).Name] = v.Field(f)
		}
	}
	return clients
}

// call calls a method and returns its results but for a last error.
func call(on reflect.Value, method string, args ...any) (reflect.Value, error) {
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		in[i] = reflect.ValueOf(a)
	}
	out := on.MethodByName(method).Call(in)
	if len(out) == 1 {
		return out[0], nil
	}
	err, _ := reflect.TypeAssert[error](out[1])
	return out[0], err
}

// tenantOf returns whose a row is, and its id.
func tenantOf(row reflect.Value) (tenant, id uuid.UUID) {
	row = row.Elem()
	id = row.FieldByName("ID").Interface().(uuid.UUID)
	if f := row.FieldByName("TenantID"); f.IsValid() {
		return f.Interface().(uuid.UUID), id
	}
	return id, id
}

func rows(t *testing.T, client reflect.Value) []reflect.Value {
	t.Helper()
	query, _ := call(client, "Query")
	list, err := call(query, "All", t.Context())
	require.NoError(t, err)
	all := make([]reflect.Value, list.Len())
	for i := range all {
		all[i] = list.Index(i)
	}
	return all
}

func TestQueriesAreNarrowedToTheTenant(t *testing.T) {
	t.Parallel()
	u := newUnguarded(t)
	everybodys := types(u.all)
	for name, client := range types(u.client) {
		if name == ent.TypeLibraryFloor {
			continue
		}
		others := map[uuid.UUID]bool{}
		for _, row := range rows(t, everybodys[name]) {
			tenant, id := tenantOf(row)
			others[id] = tenant != u.acme
		}
		require.Contains(t, others, u.firstOf(t, everybodys[name], u.globex), "without the hooks %s shows everything", name)
		own := 0
		for _, row := range rows(t, client) {
			tenant, _ := tenantOf(row)
			require.Equal(t, u.acme, tenant, name)
			own++
		}
		require.Positive(t, own, name)
		query, _ := call(client, "Query")
		count, err := call(query, "Count", t.Context())
		require.NoError(t, err)
		require.EqualValues(t, own, count.Int(), name)
		for id, other := range others {
			_, err := call(client, "Get", t.Context(), id)
			require.Equal(t, other, ent.IsNotFound(err), "%s: %v", name, err)
		}
	}
}

func (u *unguarded) firstOf(t *testing.T, client reflect.Value, tenant uuid.UUID) uuid.UUID {
	t.Helper()
	for _, row := range rows(t, client) {
		if of, id := tenantOf(row); of == tenant {
			return id
		}
	}
	require.Fail(t, "no row of the tenant", "%s", client.Type())
	return uuid.Nil
}

// An edge leads by id alone, so a row that hangs on another tenant's leads to
// it: the target is narrowed as well.
func TestEdgesDoNotLeadToAnotherTenant(t *testing.T) {
	t.Parallel()
	u := newUnguarded(t)
	foreign := u.all.Envelope.Query().Where(envelope.TenantIDEQ(u.globex)).FirstIDX(t.Context())
	planted := u.all.EnvelopeSignature.Create().SetTenantID(u.acme).SetEnvelopeID(foreign).
		SetPosition(9).SetKeyID("planted").SetSig([]byte("x")).SaveX(t.Context())

	require.NotNil(t, u.all.EnvelopeSignature.Query().Where(envelopesignature.IDEQ(planted.ID)).WithEnvelope().OnlyX(t.Context()).Edges.Envelope)
	loaded, err := u.client.EnvelopeSignature.Query().Where(envelopesignature.IDEQ(planted.ID)).WithEnvelope().Only(t.Context())
	require.NoError(t, err)
	require.Nil(t, loaded.Edges.Envelope)
	for _, q := range []*ent.EnvelopeQuery{
		loaded.QueryEnvelope(),
		u.client.EnvelopeSignature.Query().Where(envelopesignature.IDEQ(planted.ID)).QueryEnvelope(),
	} {
		n, err := q.Count(t.Context())
		require.NoError(t, err)
		require.Zero(t, n)
	}
	// A client of an Ent transaction is narrowed, too.
	tx, err := u.client.Tx(t.Context())
	require.NoError(t, err)
	_, err = tx.Envelope.Get(t.Context(), foreign)
	require.True(t, ent.IsNotFound(err))
	require.NoError(t, tx.Rollback())
}

func (u *unguarded) newEnvelope(seed string) *ent.EnvelopeCreate {
	return u.client.Envelope.Create().SetMediaType("m").SetPayloadType("p").
		SetSha256(digest.Sum([]byte(seed))).SetPayloadSha256(digest.Sum([]byte(seed))).SetSize(1)
}

func TestCreatedRowsAreTheTenants(t *testing.T) {
	t.Parallel()
	u := newUnguarded(t)
	before := len(rows(t, reflect.ValueOf(u.all.Envelope)))
	row, err := u.newEnvelope("named by nobody").Save(t.Context())
	require.NoError(t, err)
	require.Equal(t, u.acme, row.TenantID)
	_, err = u.newEnvelope("named right").SetTenantID(u.acme).Save(t.Context())
	require.NoError(t, err)
	_, err = u.client.Envelope.CreateBulk(u.newEnvelope("x"), u.newEnvelope("y").SetTenantID(u.globex)).Save(t.Context())
	require.ErrorIs(t, err, fault.ErrTenantMismatch)
	require.Len(t, rows(t, reflect.ValueOf(u.all.Envelope)), before+2)

	for name, client := range types(u.client) {
		builder, _ := call(client, "Create")
		m, _ := call(builder, "Mutation")
		err := m.Interface().(ent.Mutation).SetField("tenant_id", u.globex)
		_, saved := call(builder, "Save", t.Context())
		require.Error(t, saved, name)
		if err == nil {
			require.ErrorIs(t, saved, fault.ErrTenantMismatch, name)
		} else {
			require.ErrorContains(t, saved, "not a tenant's to create", name)
		}
	}
}

// Whatever way a change takes to the hooks, it is refused.
func TestNothingIsUpdatedOrDeleted(t *testing.T) {
	t.Parallel()
	u := newUnguarded(t)
	for name, client := range types(u.client) {
		for _, op := range []ent.Op{ent.OpUpdate, ent.OpUpdateOne, ent.OpDelete, ent.OpDeleteOne} {
			builder, _ := call(client, "Create")
			m, _ := call(builder, "Mutation")
			m.MethodByName("SetOp").Call([]reflect.Value{reflect.ValueOf(op)})
			_, err := call(builder, "Save", t.Context())
			require.ErrorIs(t, err, fault.ErrAppendOnly, "%s of %s", op, name)
			_, err = u.client.Mutate(t.Context(), m.Interface().(ent.Mutation))
			require.Error(t, err, "%s of %s", op, name)
		}
	}
	_, err := u.client.Tenant.Update().SetStatus("suspended").Save(t.Context())
	require.ErrorIs(t, err, fault.ErrAppendOnly)
	_, err = u.client.Tenant.UpdateOneID(u.globex).SetStatus("suspended").Save(t.Context())
	require.ErrorIs(t, err, fault.ErrAppendOnly)
	_, err = u.client.Tenant.Delete().Exec(t.Context())
	require.ErrorIs(t, err, fault.ErrAppendOnly)
	require.Len(t, rows(t, reflect.ValueOf(u.all.Tenant)), 2)
}
