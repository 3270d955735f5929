package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/migrations"
)

const module = "stella-ops.org/attestdb/"

// imports returns every package of ours with the packages that it imports, its
// tests left out.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}|{{join .Imports \" \"}}", module+"...").Output()
	require.NoError(t, err)
	list := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		pkg, deps, _ := strings.Cut(strings.TrimSpace(line), "|")
		list[strings.TrimPrefix(pkg, module)] = strings.Fields(deps)
	}
	require.Contains(t, list, "domain")
	return list
}

func layer(pkg string) string {
	top, rest, _ := strings.Cut(pkg, "/")
	switch {
	case pkg == "internal/strictjson": // leaves read with it
		return "leaf"
	case top != "domain":
		return top
	}
	switch sub, _, _ := strings.Cut(rest, "/"); sub {
	case "":
		return "domain"
	case "digest", "fault", "health", "ledger", "logentry", "page", "proofchain", "purlpattern", "sbom", "tenant", "vex":
		return "leaf"
	case "verifier", "observe", "domaintest":
		return sub
	default:
		return "module"
	}
}

// cmd → domain → domain/M → leaves, ent, internal; ent → schema → leaves. A
// module of domain never imports another.
func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	allowed := map[string]string{
		"cmd":        "domain module leaf verifier observe internal migrations",
		"domain":     "module leaf internal migrations",
		"module":     "leaf ent internal",
		"verifier":   "module leaf",
		"observe":    "",
		"domaintest": "domain module leaf verifier internal",
		"leaf":       "leaf",
		"ent":        "ent schema leaf",
		"schema":     "leaf",
		"migrations": "",
		"internal":   "leaf ent schema internal migrations",
		"tests":      "domain module leaf verifier observe domaintest internal migrations",
		"examples":   "domain module leaf verifier observe domaintest",
	}
	// The command's own packages and the test harness are internal only in
	// name: they sit on top.
	onTop := map[string]bool{"internal/testdb": true}
	for pkg, deps := range imports(t) {
		from := layer(pkg)
		if onTop[pkg] {
			from = "cmd"
		}
		rule, known := allowed[from]
		require.True(t, known || pkg == strings.TrimSuffix(module, "/"), "package %s is in no layer", pkg)
		for _, dep := range deps {
			if !strings.HasPrefix(dep, module) {
				continue
			}
			dep = strings.TrimPrefix(dep, module)
			to := layer(dep)
			if onTop[dep] && !onTop[pkg] {
				require.Contains(t, []string{"cmd", "tests", "domaintest"}, from, "%s imports %s", pkg, dep)
			}
			require.Contains(t, strings.Fields(rule), to, "%s imports %s", pkg, dep)
			if from == "module" && to == "module" {
				require.Equal(t, pkg, dep, "a module of domain imports another")
			}
		}
	}
}

// What embedders link must stay small: no Sigstore client, no command-line
// library, no telemetry SDK. An adapter is there to link one of these, and links
// no other.
func TestDomainDependsOnNoHeavyLibrary(t *testing.T) {
	t.Parallel()
	adapts := map[string][]string{
		"domain/verifier/sigstore":  {"github.com/sigstore/sigstore-go"},
		"domain/observe/prometheus": {"go.opentelemetry.io/otel/sdk", "go.opentelemetry.io/otel/exporters", "github.com/prometheus/"},
	}
	for pkg := range imports(t) {
		if layer(pkg) == "domaintest" || pkg != "domain" && !strings.HasPrefix(pkg, "domain/") {
			continue
		}
		out, err := exec.Command("go", "list", "-deps", module+pkg).Output()
		require.NoError(t, err)
		for _, heavy := range []string{
			"github.com/sigstore/sigstore-go", "github.com/spf13/cobra", "charm.land/",
			"go.opentelemetry.io/otel/sdk", "go.opentelemetry.io/otel/exporters", "github.com/prometheus/",
			"github.com/stretchr/testify", module + "internal/embedpg", module + "internal/testdb",
		} {
			if slices.Contains(adapts[pkg], heavy) {
				require.Contains(t, string(out), heavy, "%s is no adapter of it", pkg)
				continue
			}
			require.NotContains(t, string(out), heavy, "%s depends on it", pkg)
		}
	}
}

// A module writes only the tables of its own schema, and reads no others but where it must
// not believe what a function of the database says of them.
func TestModulesTouchOnlyTheirOwnSchema(t *testing.T) {
	t.Parallel()
	reads := map[string]string{"verify_rest.go": "attestor"}
	for pkg := range imports(t) {
		if layer(pkg) != "module" {
			continue
		}
		name := strings.TrimPrefix(pkg, "domain/")
		for path, text := range sources(t, "../"+pkg) {
			for _, other := range migrations.Modules {
				if other != name && reads[path] != other {
					require.NotRegexp(t, `(?i)(INTO|FROM|JOIN|UPDATE)\s+"?`+other+`"?\.`, text, path)
				}
			}
		}
	}
}

// sources returns the Go and SQL files of a directory, tests left out.
func sources(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	files := map[string]string{}
	for _, e := range entries {
		name := e.Name()
		if ext := filepath.Ext(name); ext != ".go" && ext != ".sql" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		files[name] = string(b)
	}
	return files
}
