package tests

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

type alertRule struct {
	Alert, Expr, For    string
	Labels, Annotations map[string]string
}

// alertRules reads the rules that are shipped.
func alertRules(t *testing.T) []alertRule {
	t.Helper()
	b, err := os.ReadFile("../examples/observability/alerts.yml")
	require.NoError(t, err)
	var file struct {
		Groups []struct {
			Name  string
			Rules []alertRule
		}
	}
	dec := yaml.NewDecoder(strings.NewReader(string(b)))
	dec.KnownFields(true)
	require.NoError(t, dec.Decode(&file))
	require.Len(t, file.Groups, 1)
	require.NotEmpty(t, file.Groups[0].Rules)
	return file.Groups[0].Rules
}

// dashboardExprs are the queries of the dashboard that is shipped, by panel.
func dashboardExprs(t *testing.T) map[string][]string {
	t.Helper()
	b, err := os.ReadFile("../examples/observability/dashboard.json")
	require.NoError(t, err)
	var dashboard struct {
		Panels []struct {
			ID      int
			Title   string
			Type    string
			Targets []struct{ Expr string }
		}
	}
	require.NoError(t, json.Unmarshal(b, &dashboard))
	exprs := map[string][]string{}
	ids := map[int]bool{}
	for _, p := range dashboard.Panels {
		require.False(t, ids[p.ID], "%s has the id of another panel", p.Title)
		ids[p.ID] = true
		for _, target := range p.Targets {
			exprs[p.Title] = append(exprs[p.Title], target.Expr)
		}
		require.True(t, p.Type == "row" || len(p.Targets) > 0, p.Title)
	}
	return exprs
}

var (
	metricName = regexp.MustCompile(`\b((?:attestdb|pgxpool|db_client|promhttp)_[a-z_]+)(?:\{([^}]*)\})?`)
	matcher    = regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"`)
	grouping   = regexp.MustCompile(`\b(?:by|without|on|ignoring)\s*\(([^)]*)\)`)
)

// requireExported holds an expression to what a scrape had: names, the labels that it
// selects and groups by, and the values that it selects.
func requireExported(t *testing.T, where, expr string, all series) {
	t.Helper()
	labels := map[string]bool{"job": true, "instance": true, "le": true} // Prometheus' own
	bare := grouping.ReplaceAllString(expr, "")
	names := metricName.FindAllStringSubmatch(bare, -1)
	require.NotEmpty(t, names, where)
	for _, m := range names {
		have, exported := all[m[1]]
		require.True(t, exported, "%s: %s is not exported", where, m[1])
		for l := range have {
			labels[l] = true
		}
		for _, l := range matcher.FindAllStringSubmatch(m[2], -1) {
			require.True(t, l[1] == "job" || have[l[1]], "%s: %s has no label %s", where, m[1], l[1])
		}
	}
	for _, g := range grouping.FindAllStringSubmatch(expr, -1) {
		for l := range strings.SplitSeq(g[1], ",") {
			require.True(t, labels[strings.TrimSpace(l)], "%s: no metric in it has the label %s", where, l)
		}
	}
}

// What the alerts look at is there, and each is explained where its link leads.
func TestAlertsNameWhatIsExported(t *testing.T) {
	t.Parallel()
	all := scrape(t)
	guide, err := os.ReadFile("../docs/observability.md")
	require.NoError(t, err)
	known := append(firstCells(t, "Reasons"), "appended", "existed", "stored", "ok", "faulty", "failed", "refused", "canceled")
	known = append(known, firstCells(t, "Operations")...)
	var alerts []string
	for _, rule := range alertRules(t) {
		alerts = append(alerts, rule.Alert)
		requireExported(t, rule.Alert, rule.Expr, all)
		for _, m := range matcher.FindAllStringSubmatch(rule.Expr, -1) {
			for value := range strings.SplitSeq(m[2], "|") {
				require.Contains(t, known, value, "%s selects what never is", rule.Alert)
			}
		}
		for _, l := range regexp.MustCompile(`\$labels\.([a-z_]+)`).FindAllStringSubmatch(rule.Annotations["summary"]+rule.Annotations["description"], -1) {
			// A label that is aggregated away is empty in the text.
			groups := grouping.FindAllStringSubmatch(rule.Expr, -1)
			for _, g := range groups {
				require.Contains(t, strings.Split(strings.ReplaceAll(g[1], " ", ""), ","), l[1], rule.Alert)
			}
		}
		require.Contains(t, []string{"page", "ticket"}, rule.Labels["severity"], rule.Alert)
		require.NotEmpty(t, rule.Annotations["summary"], rule.Alert)
		require.NotEmpty(t, rule.Annotations["description"], rule.Alert)
		require.Equal(t, "docs/observability.md#"+strings.ToLower(rule.Alert), rule.Annotations["runbook_url"])
		_, paragraph, found := strings.Cut(string(guide), "\n### "+rule.Alert+"\n")
		require.True(t, found, "%s is not explained", rule.Alert)
		paragraph, _, _ = strings.Cut(paragraph, "\n#")
		for _, part := range []string{"*Means*:", "*Look at*:", "*Do*:"} {
			require.Contains(t, paragraph, part, rule.Alert)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^### (Attestdb\w+)$`).FindAllStringSubmatch(string(guide), -1) {
		require.Contains(t, alerts, m[1], "an explanation without an alert")
	}
	require.Len(t, alerts, len(slices.Compact(slices.Sorted(slices.Values(alerts)))))
}

func TestDashboardNamesWhatIsExported(t *testing.T) {
	t.Parallel()
	all := scrape(t)
	asked := map[string]bool{}
	for panel, exprs := range dashboardExprs(t) {
		for _, expr := range exprs {
			requireExported(t, panel, expr, all)
			require.Contains(t, expr, `job=~"$job"`, panel)
			for _, m := range metricName.FindAllStringSubmatch(expr, -1) {
				asked[family(m[1], all)] = true
			}
		}
	}
	// All that is ours is on it, but for what only few services have.
	for _, row := range tableOf(t, "Metrics") {
		if name := strings.Trim(row[1], "`"); name != "attestdb_ledger_checkpoint_size" {
			require.True(t, asked[name], "%s is on no panel", name)
		}
	}
}
