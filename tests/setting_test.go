package tests

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/verdict"
)

// settingEnv has the tests name tenants by SET LOCAL if it is "literal".
const settingEnv = "ATTESTDB_TEST_TENANT_SETTING"

// inLiteral are tests that hold for every way to name a tenant: isolation, transactions,
// recording and the ledger.
var inLiteral = []string{
	"TestNoPooledConnectionCarriesATenant", "TestDeadlinesInTheMiddleLeaveNoTenant", "TestPgBouncerKeepsTenantsApart",
	"TestAnotherTenantsKeysAndCursorsOpenNothing", "TestDomainKeepsTenantsApartWithoutTheDatabasesHelp",
	"TestShadowingObjectsDoNotDivertTheLibrary", "TestTenantIDCannotCarrySQL",
	"TestInTxKeepsAllOrNothing", "TestNestedInTxIsASavepoint", "TestIgnoredFailureFailsTheCommit", "TestHandlesInTheCallersTransaction",
	"TestAnotherTenantsHandleInATransactionIsRefused", "TestTenantTxRefusesOtherRolesAndIsolationLevels",
	"TestTransientFailuresAreRetried", "TestCancelEndsTheRetries", "TestConnectionLostInATransactionIsUnavailable",
	"TestRecordedEvidenceIsFoundByItsArtifact", "TestTheSameBytesReturnTheFirstRecord", "TestUnknownAndSuspendedTenantsCannotWrite",
	"TestFailedVerificationIsRefusedUnlessKept", "TestNothingIsAddedToEvidenceThatIsThere",
	"TestAppend", "TestIdempotencyKey", "TestErase", "TestHeldBytesAreNotErased", "TestUntouchedLedgerVerifies",
	"TestDecideInATransaction", "TestRolledBackAppendsLeaveNoGap",
}

// The same tests hold where the tenant is named by a literal. They run in a process of
// their own, whose environment says so.
func TestEverythingHoldsInTheLiteralSetting(t *testing.T) {
	t.Parallel()
	if os.Getenv(settingEnv) != "" || testing.Short() {
		t.Skip("they are run by it, or take too long")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.parallel=2", "-test.run=^("+strings.Join(inLiteral, "|")+")$")
	cmd.Env = append(os.Environ(), settingEnv+"=literal")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, name := range inLiteral {
		require.Regexp(t, `(?m)^--- (PASS|SKIP): `+name+` `, string(out), "the test is there")
	}
}

// Whatever way a call takes to the database, Config.TenantSetting says how its tenant is
// named.
func TestTenantSettingIsEveryCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for setting, others := range map[attestdb.TenantSetting]string{attestdb.SettingFunction: "SET LOCAL attestdb", attestdb.SettingLiteral: "set_config("} {
		var tap everything
		app, auditor := attestdb.Conn{URL: w.URL("app"), Tracer: &tap}, attestdb.Conn{URL: w.URL("auditor"), Tracer: &tap}
		db := openWith(t, attestdb.Config{App: app, Auditor: auditor, TenantSetting: setting})
		acme := db.Tenant(w.acme.ID()).As("ci")
		pool := w.Pool(t, "app")
		for name, call := range map[string]func() error{
			"TenantByName": func() error { _, err := db.TenantByName(t.Context(), "acme"); return err },
			"read":         func() error { _, err := acme.Attestor().Get(t.Context(), w.acmeIDs[0]); return err },
			"record":       func() error { return record(t.Context(), acme, wordyEvidence(t, "s", "s")) },
			"append":       func() error { _, err := acme.Verdict().Append(t.Context(), decided("s")); return err },
			"a loop": func() error {
				for _, err := range acme.Attestor().All(t.Context(), attestor.Query{}) {
					if err != nil {
						return err
					}
				}
				return nil
			},
			"the auditor's": func() error {
				for v := range db.VerifyLedgers(t.Context(), attestdb.LedgersRequest{Tenants: []attestdb.TenantID{acme.ID()}}) {
					if v.Err != nil {
						return v.Err
					}
				}
				return nil
			},
			"a transaction": func() error {
				return acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
					_, err := tx.Verdict().Append(ctx, decided("t"))
					return err
				})
			},
		} {
			tap.take()
			require.NoError(t, call(), name)
			sent := strings.Join(tap.take(), "\n")
			require.NotContains(t, sent, others, name)
			require.Regexp(t, `set_config\(|SET LOCAL attestdb`, sent, name)
		}
		// In a transaction of the caller's, of a pool of the caller's.
		tx := begin(t, pool)
		h, err := db.TenantTx(t.Context(), tx, acme.ID())
		require.NoError(t, err)
		_, err = h.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
		require.NoError(t, err)
	}
	_, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: w.URL("app")}, TenantSetting: 2})
	var invalid *attestdb.InvalidError
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "Config.TenantSetting", invalid.Field)
}

// everything keeps all statements of a pool, those that name the tenant too.
type everything struct {
	wiretap
	mu   sync.Mutex
	list []string
}

func (e *everything) take() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := e.list
	e.list = nil
	return list
}

func (e *everything) add(sql string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, sql)
}

func (e *everything) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	e.add(d.SQL)
	return ctx
}

func (e *everything) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	e.add(d.SQL)
}
