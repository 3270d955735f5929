package tests

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"stella-ops.org/attestdb/domain/purlpattern"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/internal/testdb"
)

// makePatterns makes the functions of match.sql.
func makePatterns(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	sql, err := os.ReadFile("../domain/purlpattern/match.sql")
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "CREATE SCHEMA trust; "+string(sql))
	require.NoError(t, err)
}

// sqlMatches asks the database about pairs of a canonical pattern and a canonical
// package URL.
func sqlMatches(t require.TestingT, conn *pgx.Conn, patterns, purls []string) []bool {
	rows, err := conn.Query(context.Background(),
		`SELECT trust.purl_matches(p, u) FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS x (p, u, n) ORDER BY n`, patterns, purls)
	require.NoError(t, err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[bool])
	require.NoError(t, err)
	require.Len(t, list, len(patterns))
	return list
}

// Go, SQL and a naive matcher agree about what is stored of package URLs. Half of the
// patterns are made to mean the package URL, the others are off by a little.
func TestPatternsMeanTheSameInGoAndSQL(t *testing.T) {
	t.Parallel()
	conn := testdb.NewEmpty(t).Conn(t, "superuser")
	makePatterns(t, conn)
	answers := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		var patterns, purls []string
		var means, prefixed []bool
		for range 40 {
			p := drawPair(t)
			pattern, err := purlpattern.Parse(p.pattern)
			if err != nil {
				continue
			}
			stored, err := sbom.ParsePackage(p.purl)
			if err != nil {
				continue
			}
			// The library encodes a subpath again that it reads; what is stored is read once.
			purl, _, _ := strings.Cut(stored.PURL, "#")
			if _, subpath, found := strings.Cut(p.purl, "#"); found {
				purl += "#" + subpath
			}
			yes, err := pattern.Match(purl)
			require.NoError(t, err)
			require.Equal(t, naiveMatch(pattern.String(), purl), yes, "%s and %s", pattern, purl)
			prefixes, err := purlpattern.Prefixes(purl)
			require.NoError(t, err)
			patterns, purls = append(patterns, pattern.String()), append(purls, purl)
			means, prefixed = append(means, yes), append(prefixed, slices.Contains(prefixes, pattern.Prefix()))
		}
		for i, yes := range sqlMatches(t, conn, patterns, purls) {
			require.Equal(t, means[i], yes, "%s and %s", patterns[i], purls[i])
			require.True(t, !yes || prefixed[i], "%s and %s", patterns[i], purls[i])
			answers[yes]++
		}
	})
	require.Greater(t, answers[true], 200)
	require.Greater(t, answers[false], 200)
	t.Log(answers)
}

// The examples of the page, and what few would draw.
func TestPatternsInSQL(t *testing.T) {
	t.Parallel()
	db := testdb.NewEmpty(t)
	conn := db.Conn(t, "superuser")
	// Whatever the session that makes them has set.
	_, err := conn.Exec(t.Context(), "SET standard_conforming_strings = off")
	require.NoError(t, err)
	makePatterns(t, conn)
	_, err = conn.Exec(t.Context(), "SET search_path = ''")
	require.NoError(t, err)

	page, err := os.ReadFile("../docs/purl-patterns.md")
	require.NoError(t, err)
	_, rows, _ := strings.Cut(string(page), "| means it |")
	asked := 0
	for line := range strings.Lines(rows) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || !strings.Contains(cells[1], "pkg:") {
			continue
		}
		pattern, err := purlpattern.Parse(strings.Trim(cells[1], " `"))
		if strings.TrimSpace(cells[3]) == "refused" {
			require.Error(t, err)
			continue
		}
		require.NoError(t, err)
		purl, err := sbom.ParsePackage(strings.Trim(cells[2], " `"))
		require.NoError(t, err)
		yes := sqlMatches(t, conn, []string{pattern.String()}, []string{purl.PURL})[0]
		require.Equal(t, strings.TrimSpace(cells[3]) == "yes", yes, line)
		asked++
	}
	require.Greater(t, asked, 50)

	var null *bool
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT trust.purl_matches(NULL, 'pkg:npm/a')").Scan(&null))
	require.Nil(t, null)
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT trust.purl_matches('pkg:npm/a', NULL)").Scan(&null))
	require.Nil(t, null)
}

// The planner puts the functions into the statement: it reads a constant package URL
// once, and tries the cheap comparison before the expression.
func TestPatternsAreInlined(t *testing.T) {
	t.Parallel()
	conn := testdb.NewEmpty(t).Conn(t, "superuser")
	makePatterns(t, conn)
	_, err := conn.Exec(t.Context(), "CREATE TABLE patterns (pattern text COLLATE \"C\" NOT NULL)")
	require.NoError(t, err)
	rows, err := conn.Query(t.Context(), `EXPLAIN (VERBOSE, COSTS OFF) SELECT FROM patterns WHERE trust.purl_matches(pattern, 'pkg:npm/%40a/b=')`)
	require.NoError(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	plan := strings.Join(lines, "\n")
	require.NotContains(t, plan, "purl_")
	cheap, dear := strings.Index(plan, "'pkg:npm/%40a/b%3D'"), strings.Index(plan, "'pkg:npm/<%40>a/b<%3D>'")
	require.Positive(t, cheap, plan)
	require.Greater(t, dear, cheap, plan)
}

// No collation of a column or a database changes what a pattern means.
func TestPatternsUnderAnyCollation(t *testing.T) {
	t.Parallel()
	db := testdb.NewEmpty(t)
	conn := db.Conn(t, "superuser")
	ask := func(conn *pgx.Conn) {
		_, err := conn.Exec(t.Context(), `CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
			CREATE COLLATION tr (provider = icu, locale = 'tr')`)
		require.NoError(t, err)
		for _, collation := range []string{"anycase", "tr", `"C"`, `"default"`} {
			var sum string
			require.NoError(t, conn.QueryRow(t.Context(), `SELECT string_agg(trust.purl_matches(p COLLATE `+collation+`, u COLLATE `+collation+`)::text, ' ' ORDER BY n)
				FROM (VALUES (1, 'pkg:npm/%40A/*?@1?a=b*#i', 'pkg:npm/%40A/i!@1?a=b&c=d#i'), (2, 'pkg:npm/%40A/*', 'pkg:npm/%40a/i'), (3, 'pkg:npm/I', 'pkg:npm/i'),
				(4, 'pkg:npm/*e', 'pkg:npm/%C3%A9'), (5, 'pkg:npm/**/i?I', 'pkg:npm/a/b/i%C4%B0I')) AS x (n, p, u)`).Scan(&sum))
			require.Equal(t, "true false false false true", sum, collation)
		}
	}
	makePatterns(t, conn)
	ask(conn)

	_, err := conn.Exec(t.Context(), `CREATE DATABASE turkish TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr' ENCODING 'UTF8'`)
	require.NoError(t, err)
	config := conn.Config().Copy()
	config.Database = "turkish"
	turkish, err := pgx.ConnectConfig(t.Context(), config)
	require.NoError(t, err)
	makePatterns(t, turkish)
	ask(turkish)
	require.NoError(t, turkish.Close(t.Context()))
	_, err = conn.Exec(t.Context(), "DROP DATABASE turkish")
	require.NoError(t, err)
}

// The worst patterns and package URLs take a database milliseconds.
func TestHostilePatternsInSQL(t *testing.T) {
	t.Parallel()
	conn := testdb.NewEmpty(t).Conn(t, "superuser")
	makePatterns(t, conn)
	_, err := conn.Exec(t.Context(), "SET statement_timeout = '5s'")
	require.NoError(t, err)
	fill := func(unit, end string) string {
		s := "pkg:npm/"
		for len(s+unit+end) <= purlpattern.MaxLength && strings.Count(s+unit+end, "*")+strings.Count(s+unit+end, "?") <= purlpattern.MaxWildcards {
			s += unit
		}
		return s + end
	}
	var worst time.Duration
	for _, s := range []string{
		fill("*a", "b"), fill("*aaaaaaaaaaaaaa", "b"), fill("?*", "b"), fill("a?*b", "c"), fill("*%C3%A9", "b"), fill("*a", "?"), fill("?", "*b"),
		"pkg:npm/*a" + strings.Repeat("?", 31), "pkg:npm/*" + strings.Repeat("a", 400) + "?b", fill("**/a/", "b"), fill("**/*a*/", "b"), fill("**/*/", "b"), fill("*/", "b"),
		"pkg:npm/a@*" + strings.Repeat("a?", 31), "pkg:npm/a?a=*&b=*&c=*a*&d=*&e=?*#*",
	} {
		pattern, err := purlpattern.Parse(s)
		require.NoError(t, err)
		for _, unit := range []string{"a", "ab", "a/", "aba/", "%C3%A9", "%C3", "%40", "aab"} {
			purl := "pkg:npm/" + strings.Repeat(unit, (purlpattern.MaxPURLLength-20)/len(unit)) + "a"
			for _, end := range []string{"", "b", "@" + strings.Repeat("a", 10), "?a=b&e=f"} {
				start := time.Now()
				yes := sqlMatches(t, conn, []string{pattern.String()}, []string{purl + end})[0]
				worst = max(worst, time.Since(start))
				inGo, err := pattern.Match(purl + end)
				require.NoError(t, err)
				require.Equal(t, inGo, yes, "%s and %s", pattern, purl+end)
			}
		}
	}
	t.Logf("the worst took %v", worst)
}
