// Package promql holds the queries that this repository ships to Prometheus' own parser
// and engine, in a module of its own: they bring much with them.
package promql

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/stretchr/testify/require"
)

const examples = "../../../examples/observability/"

func rules(t *testing.T) map[string]string {
	t.Helper()
	groups, errs := rulefmt.ParseFile(examples+"alerts.yml", false, model.LegacyValidation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	require.Empty(t, errs)
	exprs := map[string]string{}
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			exprs[r.Alert] = r.Expr
		}
	}
	return exprs
}

// Rules, their templates and the queries of the dashboard are what Prometheus takes.
func TestQueriesParse(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, rules(t))
	b, err := os.ReadFile(examples + "dashboard.json")
	require.NoError(t, err)
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	require.NoError(t, json.Unmarshal(b, &dashboard))
	n := 0
	for _, p := range dashboard.Panels {
		for _, q := range p.Targets {
			_, err := parser.NewParser(parser.Options{}).ParseExpr(strings.ReplaceAll(q.Expr, "$__rate_interval", "5m"))
			require.NoError(t, err, p.Title)
			n++
		}
	}
	require.Greater(t, n, 20)
}

// Every alert fires when what it is for happens, and is silent when all is well. Samples
// come once a minute from 1970 on, and each alert is asked after a time.
func TestAlertsFireWhenTheyShould(t *testing.T) {
	t.Parallel()
	const (
		calls = `attestdb_operation_duration_seconds_count{job="a", attestdb_operation="record", attestdb_outcome=`
		pool  = `{job="a", instance="i", db_client_connection_pool_name="app", db_system_name="postgresql"}`
	)
	cases := map[string][]struct {
		what    string
		samples string
		after   time.Duration
		fires   bool
	}{
		"AttestdbUnavailable": {
			{"lost", calls + `"failed", error_type="unavailable"} 0+1x60`, time.Hour, true},
			{"long ago", calls + `"failed", error_type="unavailable"} 7x60`, time.Hour, false},
		},
		"AttestdbFailing": {
			{"one in ten", calls + `"ok"} 0+90x60` + "\n" + calls + `"failed", error_type="57014"} 0+10x60`, time.Hour, true},
			{"one in a hundred", calls + `"ok"} 0+990x60` + "\n" + calls + `"failed", error_type="57014"} 0+10x60`, time.Hour, false},
			{"a single one", calls + `"ok"} 0 0 0 0 0 0 0` + "\n" + calls + `"failed", error_type="57014"} 0 0 0 0 1 1 1`, 6 * time.Minute, false},
			{"refused", calls + `"ok"} 0+10x60` + "\n" + calls + `"refused", error_type="not_found"} 0+90x60`, time.Hour, false},
		},
		"AttestdbSlow": {
			{"slow", histogram("record", "0+1x60", "0+100x60"), time.Hour, true},
			{"fast", histogram("record", "0+100x60", "0+100x60"), time.Hour, false},
			{"verifying takes long", histogram("verdict.verify", "0+1x60", "0+100x60"), time.Hour, false},
		},
		"AttestdbOutcomeUnknown": {
			{"the first", strings.Replace(calls, `"record"`, `"verdict.append"`, 1) + `"failed", error_type="outcome_unknown"} _x30 1x10`, 35 * time.Minute, true},
			{"another", calls + `"failed", error_type="outcome_unknown"} 1x30 2x10`, 35 * time.Minute, true},
			{"long ago", calls + `"failed", error_type="outcome_unknown"} 1x60`, time.Hour, false},
		},
		"AttestdbLedgerFault": {
			{"the first", `attestdb_ledger_faults_total{job="a", attestdb_fault="hash"} 0x30 1x10`, 40 * time.Minute, true},
			{"the first of a tenant", `attestdb_ledger_faults_total{job="a", attestdb_fault="hash", attestdb_tenant_id="t"} _x90 1x10`, 95 * time.Minute, true},
			{"none", `attestdb_ledger_faults_total{job="a", attestdb_fault="hash"} 0x120`, 2 * time.Hour, false},
		},
		"AttestdbLedgerNotSigned": {
			{"refused", `attestdb_operation_duration_seconds_count{job="a", attestdb_operation="verdict.checkpoint", attestdb_outcome="failed", error_type="ledger_proof"} _x30 1x10`, 35 * time.Minute, true},
			{"signed", `attestdb_operation_duration_seconds_count{job="a", attestdb_operation="verdict.checkpoint", attestdb_outcome="ok"} 0+1x60`, time.Hour, false},
		},
		"AttestdbLedgerNotVerified": {
			{"a day ago", `attestdb_ledger_verification_timestamp_seconds{job="a"} 600x1560`, 26 * time.Hour, true},
			{"by a process that is gone", `attestdb_ledger_verification_timestamp_seconds{job="a"} 600x60 _x1500`, 26 * time.Hour, true},
			{"by another process since", `attestdb_ledger_verification_timestamp_seconds{job="a", instance="1"} 600x1560` + "\n" +
				`attestdb_ledger_verification_timestamp_seconds{job="a", instance="2"} 86400x1560`, 26 * time.Hour, false},
			{"not one tenant's", `attestdb_ledger_verification_timestamp_seconds{job="a", attestdb_tenant_id="1"} 600x1560` + "\n" +
				`attestdb_ledger_verification_timestamp_seconds{job="a", attestdb_tenant_id="2"} 86400x1560`, 26 * time.Hour, true},
		},
		"AttestdbLedgerNeverVerified": {
			{"never", calls + `"ok"} 0+1x60`, time.Hour, true},
			{"once", `attestdb_ledger_verification_timestamp_seconds{job="a"} 600x10`, time.Hour, false},
		},
		"AttestdbCheckpointTooOld": {
			{"a day ago", `attestdb_ledger_checkpoint_timestamp_seconds{job="a"} 600x1560`, 26 * time.Hour, true},
			{"an hour ago", `attestdb_ledger_checkpoint_timestamp_seconds{job="a"} 90000x1560`, 26 * time.Hour, false},
		},
		"AttestdbLedgerBusy": {
			{"the first", `attestdb_ledger_appends_total{job="a", attestdb_outcome="failed", error_type="ledger_busy"} 0x30 1x5`, 35 * time.Minute, true},
			{"none", `attestdb_ledger_appends_total{job="a", attestdb_outcome="failed", error_type="ledger_busy"} 0x60`, time.Hour, false},
		},
		"AttestdbPoolSaturated": {
			{"full", "pgxpool_acquired_connections" + pool + " 8x10\npgxpool_max_connections" + pool + " 8x10", 10 * time.Minute, true},
			{"half", "pgxpool_acquired_connections" + pool + " 4x10\npgxpool_max_connections" + pool + " 8x10", 10 * time.Minute, false},
		},
		"AttestdbPoolWaits": {
			{"half a second", "pgxpool_empty_acquire_wait_time_nanoseconds_total" + pool + " 0+500000000x10\npgxpool_empty_acquire_total" + pool + " 0+1x10", 10 * time.Minute, true},
			{"a millisecond", "pgxpool_empty_acquire_wait_time_nanoseconds_total" + pool + " 0+1000000x10\npgxpool_empty_acquire_total" + pool + " 0+1x10", 10 * time.Minute, false},
			{"nobody", "pgxpool_empty_acquire_wait_time_nanoseconds_total" + pool + " 0x10\npgxpool_empty_acquire_total" + pool + " 0x10", 10 * time.Minute, false},
		},
		"AttestdbRetries": {
			{"many", `attestdb_retries_total{job="a", attestdb_operation="transaction", error_type="40001"} 0+120x20`, 20 * time.Minute, true},
			{"few", `attestdb_retries_total{job="a", attestdb_operation="transaction", error_type="40001"} 0+1x20`, 20 * time.Minute, false},
		},
		"AttestdbWaitsForSchema": {
			{"waits", `attestdb_schema_waiting{job="a"} 1x10`, 10 * time.Minute, true},
			{"opened", `attestdb_schema_waiting{job="a"} 1 0x10`, 10 * time.Minute, false},
		},
		"AttestdbMigrationPending": {
			{"pending", `attestdb_migrations_pending{job="a", attestdb_module="verdict"} 2x10`, 10 * time.Minute, true},
			{"applied", `attestdb_migrations_pending{job="a", attestdb_module="verdict"} 2 0x10`, 10 * time.Minute, false},
		},
		"AttestdbMigrationFailed": {
			{"failed", `attestdb_migration_duration_seconds_count{job="a", attestdb_module="verdict", attestdb_outcome="failed", error_type="55P03"} _x5 1x10`, 10 * time.Minute, true},
			{"applied", `attestdb_migration_duration_seconds_count{job="a", attestdb_module="verdict", attestdb_outcome="ok"} _x5 9x10`, 10 * time.Minute, false},
		},
		"AttestdbMetricsBroken": {
			{"broken", `promhttp_metric_handler_errors_total{job="a", cause="gathering"} 0+1x20`, 20 * time.Minute, true},
			{"whole", `promhttp_metric_handler_errors_total{job="a", cause="gathering"} 0x20`, 20 * time.Minute, false},
		},
	}
	engine := promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery)
	exprs := rules(t)
	for alert := range exprs {
		require.Contains(t, cases, alert, "nothing shows that it fires")
	}
	for alert, list := range cases {
		for _, c := range list {
			t.Run(alert+"/"+c.what, func(t *testing.T) {
				t.Parallel()
				expr := exprs[alert]
				require.NotEmpty(t, expr)
				store := promqltest.LoadedStorage(t, "load 1m\n  "+strings.ReplaceAll(c.samples, "\n", "\n  "))
				query, err := engine.NewInstantQuery(context.Background(), store, nil, expr, time.Unix(0, 0).Add(c.after))
				require.NoError(t, err)
				defer query.Close()
				result := query.Exec(context.Background())
				require.NoError(t, result.Err)
				vector, err := result.Vector()
				require.NoError(t, err)
				require.Equal(t, c.fires, len(vector) > 0, "%v", vector)
			})
		}
	}
}

// histogram has calls of which so many took at most a second, of all.
func histogram(operation, fast, all string) string {
	line := func(le, samples string) string {
		return fmt.Sprintf(`attestdb_operation_duration_seconds_bucket{job="a", attestdb_operation=%q, attestdb_outcome="ok", le=%q} %s`, operation, le, samples)
	}
	return line("1", fast) + "\n" + line("10", all) + "\n" + line("+Inf", all)
}
