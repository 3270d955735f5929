package tests

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/observe/prometheus"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// series are the labels of a metric that a scrape found.
type series map[string]map[string]bool

// scrape serves what everything that attestdb measures comes to, once it happened.
var scrape = func() func(t *testing.T) series {
	var once sync.Once
	var text string
	return func(t *testing.T) series {
		once.Do(func() { text = scrapeAfterEverything(t) })
		return parseSeries(text)
	}
}()

func scrapeAfterEverything(t *testing.T) string {
	t.Helper()
	exporter, err := prometheus.New()
	require.NoError(t, err)
	d := testdb.NewEmpty(t)
	_, err = attestdb.Migrate(t.Context(), attestdb.MigrateConfig{URL: d.URL("owner"), MeterProvider: exporter.MeterProvider()})
	require.NoError(t, err)
	unmigrated := testdb.NewEmpty(t)
	broken := testdb.NewEmpty(t)
	_, err = broken.Conn(t, "superuser").Exec(t.Context(), `
		CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
		CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('CREATE POLICY') EXECUTE FUNCTION public.refuse()`)
	require.NoError(t, err)
	_, err = attestdb.Migrate(t.Context(), attestdb.MigrateConfig{URL: broken.URL("owner"), MeterProvider: exporter.MeterProvider()})
	require.Error(t, err)
	_, err = attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: unmigrated.URL("app")}, WaitForSchema: 300 * time.Millisecond, MeterProvider: exporter.MeterProvider()})
	require.ErrorIs(t, err, attestdb.ErrSchema)
	db := openWith(t, attestdb.Config{
		App: attestdb.Conn{URL: d.URL("app")}, Admin: attestdb.Conn{URL: d.URL("admin")}, Auditor: attestdb.Conn{URL: d.URL("auditor")},
		MeterProvider: exporter.MeterProvider(), MetricsByTenant: true,
	})
	acme := domaintest.Tenant(t, db, "acme").As("ci")
	signer := domaintest.NewSigner(t)
	ev := signer.Evidence(t, "a", []byte("a"))
	for range 2 {
		_, err = acme.Record(t.Context(), ev)
		require.NoError(t, err)
	}
	_, err = db.Tenant(attestdb.TenantID(uuid.New())).Record(t.Context(), ev)
	require.ErrorIs(t, err, attestdb.ErrUnknownTenant)
	_, err = acme.ImportSBOM(t.Context(), cycloneDX(t, "a", npm("left-pad", "1.0.0")))
	require.NoError(t, err)
	_, err = acme.AssembleChain(t.Context(), attestor.ChainRequest{
		Subject: ev.Statement.Subject[0].Digest[0], PolicyVersion: "v1", Segments: []attestor.ChainSegment{{Kind: proofchain.Evidence, Digest: ev.SHA256}},
	})
	require.NoError(t, err)
	_, err = acme.Verdict().Append(t.Context(), decided("a"))
	require.NoError(t, err)
	_, err = acme.Verdict().Checkpoint(t.Context(), signingKey(t, "k"), "")
	require.NoError(t, err)
	_, err = acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = acme.Attestor().Count(ctx, attestor.Query{})
	require.Error(t, err)
	_, err = acme.Verdict().Verify(ctx, verdict.VerifyRequest{})
	require.Error(t, err)
	require.NoError(t, acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		if _, err := tx.Verdict().Append(ctx, decided("slow")); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 600*time.Millisecond)
		defer cancel()
		_, err := acme.Verdict().Append(ctx, decided("late"))
		require.ErrorIs(t, err, attestdb.ErrLedgerBusy)
		return nil
	}))
	super := d.Conn(t, "superuser")
	for range 5 {
		_, err = super.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND usename = 'attestdb_test_app'`)
		require.NoError(t, err)
		_, err = acme.Attestor().Count(t.Context(), attestor.Query{})
		require.NoError(t, err)
	}
	_, err = super.Exec(t.Context(), "SET session_replication_role = replica; UPDATE verdict.ledger_entries SET reason = 'x' WHERE seq = 1")
	require.NoError(t, err)
	_, err = acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	_, err = acme.Verdict().Checkpoint(t.Context(), signingKey(t, "k"), "")
	_ = err // whether it notices is not the matter here

	w := httptest.NewRecorder()
	exporter.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, 200, w.Code)
	return w.Body.String()
}

var sampleLine = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? `)

// parseSeries reads the text format: every name that can be asked for, with its labels.
func parseSeries(text string) series {
	all := series{}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		m := sampleLine.FindStringSubmatch(lines.Text())
		if m == nil || strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		if all[m[1]] == nil {
			all[m[1]] = map[string]bool{}
		}
		for _, l := range regexp.MustCompile(`([a-z_]+)="`).FindAllStringSubmatch(m[2], -1) {
			all[m[1]][l[1]] = true
		}
	}
	return all
}

// family is the name by which a metric is documented.
func family(name string, all series) string {
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if base, is := strings.CutSuffix(name, suffix); is && all[base+"_bucket"] != nil {
			return base
		}
	}
	return name
}

// The documentation's tables have every metric that is exported, with its labels, and no
// other.
func TestExportedMetricsAreTheDocumentedOnes(t *testing.T) {
	t.Parallel()
	all := scrape(t)
	exported := map[string]map[string]bool{}
	for name, labels := range all {
		f := family(name, all)
		if exported[f] == nil {
			exported[f] = map[string]bool{}
		}
		for l := range labels {
			if l != "le" {
				exported[f][l] = true
			}
		}
	}
	documented := map[string]bool{}
	for _, row := range append(tableOf(t, "Metrics"), tableOf(t, "Metrics of the driver")...) {
		name := strings.Trim(row[1], "`")
		documented[name] = true
		require.Contains(t, exported, name)
		var labels []string
		for l := range strings.FieldsSeq(strings.NewReplacer("`", "", ",", "").Replace(row[3])) {
			labels = append(labels, strings.NewReplacer(".", "_").Replace(l))
		}
		require.ElementsMatch(t, labels, slices.Collect(mapKeys(exported[name])), "labels of %s", name)
	}
	for name := range exported {
		require.True(t, documented[name], "%s is not in docs/observability.md", name)
	}
}

func mapKeys(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// tableOf returns the rows of the table under a heading of docs/observability.md.
func tableOf(t *testing.T, heading string) (rows [][]string) {
	t.Helper()
	b, err := os.ReadFile("../docs/observability.md")
	require.NoError(t, err)
	in := false
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			in = strings.TrimSpace(strings.TrimLeft(line, "#")) == heading
			continue
		}
		if !in || !strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	require.Greater(t, len(rows), 2, "docs/observability.md has no table under %q", heading)
	return rows[2:]
}

// firstCells are the names in the first column of a table, or several in one cell.
func firstCells(t *testing.T, heading string) (names []string) {
	t.Helper()
	for _, row := range tableOf(t, heading) {
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[0], -1) {
			names = append(names, m[1])
		}
	}
	return names
}
