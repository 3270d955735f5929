package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// A commandLine is one call of the program that a document or a sample shows.
type commandLine struct {
	from  string
	words []string
}

// Every command line that the documents and the samples show is one: the command exists
// and has these flags.
func TestDocumentedCommandLinesExist(t *testing.T) {
	t.Parallel()
	lines := documented(t)
	for _, path := range samples(t) {
		lines = append(lines, sampleLines(t, path)...)
	}
	require.Greater(t, len(lines), 60)
	for _, l := range lines {
		root := newApp().root()
		root.InitDefaultHelpCmd()
		root.InitDefaultCompletionCmd(l.words[1:]...)
		cmd, rest, err := root.Find(l.words[1:])
		require.NoError(t, err, "%s: %q", l.from, l.words)
		require.NotSame(t, root, cmd, "%s: %q: there is no such command", l.from, l.words)
		if err := cmd.ParseFlags(rest); !errors.Is(err, pflag.ErrHelp) {
			require.NoError(t, err, "%s: %q", l.from, l.words)
		}
		require.False(t, cmd.HasSubCommands() && len(rest) > 0, "%s: %q: there is no such command", l.from, l.words)
	}
}

// A mistake in a sample is found.
func TestDocumentedCommandLinesAreReadAsAShellDoes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][][]string{
		"attestdb migrate up":                             {{"attestdb", "migrate", "up"}},
		"FOO=1 attestdb find --file 'a b' | head -1":      {{"attestdb", "find", "--file", "a b"}},
		"cd x && attestdb migrate up; attestdb version #": {{"attestdb", "migrate", "up"}, {"attestdb", "version"}},
		"go install stella-ops.org/attestdb/cmd/attestdb": nil,
		"$(attestdb migrate bootstrap --print)":           {{"attestdb", "migrate", "bootstrap", "--print"}},
	} {
		require.Equal(t, want, shellCalls(text), text)
	}
}

var (
	startsLower = regexp.MustCompile(`^[a-z]`)
	inline      = regexp.MustCompile("`(attestdb [^`]+)`")
	assignment  = regexp.MustCompile(`^[A-Z_]+=`)
)

// documented returns the command lines in the documents: in code blocks, and quoted.
func documented(t *testing.T) []commandLine {
	t.Helper()
	paths, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	var lines []commandLine
	for _, path := range append(paths, "../../README.md") {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		add := func(text string) {
			for _, words := range shellCalls(text) {
				// `attestdb <module> <verb>` and `attestdb M …` stand for any command, and
				// "attestdb decision v1" is a line of a format.
				if len(words) > 1 && startsLower.MatchString(words[1]) && words[len(words)-1] != "v1" {
					lines = append(lines, commandLine{path, words})
				}
			}
		}
		fenced := false
		for line := range strings.Lines(string(b)) {
			line = strings.TrimRight(line, "\n")
			switch {
			case strings.HasPrefix(strings.TrimSpace(line), "```"):
				fenced = !fenced
			case fenced || strings.HasPrefix(line, "    "):
				add(strings.TrimPrefix(strings.TrimSpace(line), "$ "))
			default:
				for _, m := range inline.FindAllStringSubmatch(strings.ReplaceAll(line, `\|`, "/"), -1) {
					add(m[1])
				}
			}
		}
	}
	return lines
}

// shellCalls finds the calls of the program in a line of shell.
func shellCalls(line string) [][]string {
	var (
		calls [][]string
		words []string
		word  strings.Builder
		in    bool
		quote rune
	)
	endWord := func() {
		if in {
			words = append(words, word.String())
		}
		word.Reset()
		in = false
	}
	end := func() {
		endWord()
		for len(words) > 0 && (assignment.MatchString(words[0]) || words[0] == "exec") {
			words = words[1:]
		}
		if len(words) > 0 && words[0] == programName {
			calls = append(calls, words)
		}
		words = nil
	}
loop:
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, in = r, true
		case r == '#' && !in:
			break loop
		case strings.ContainsRune("|&;()<>", r):
			end()
		case r == ' ' || r == '\t':
			endWord()
		default:
			in = true
			word.WriteRune(r)
		}
	}
	end()
	return calls
}

// samples are the files of the examples that are YAML.
func samples(t testing.TB) []string {
	t.Helper()
	var paths []string
	require.NoError(t, filepath.WalkDir("../../examples", func(path string, _ fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); (ext == ".yaml" || ext == ".yml") && filepath.Base(filepath.Dir(path)) != "observability" { // alerts call nothing
			paths = append(paths, path)
		}
		return err
	}))
	require.GreaterOrEqual(t, len(paths), 4)
	return paths
}

// sampleLines returns the command lines in a file: of workflows' steps, and of containers.
func sampleLines(t testing.TB, path string) []commandLine {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	var lines []commandLine
	decoder := yaml.NewDecoder(bytes.NewReader(b))
	for {
		var document map[string]any
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err, path)
		walkYAML(document, func(m map[string]any) {
			if run, ok := m["run"].(string); ok {
				for line := range strings.Lines(run) {
					for _, words := range shellCalls(strings.TrimSpace(line)) {
						lines = append(lines, commandLine{path, words})
					}
				}
			}
			var words []string
			for _, key := range []string{"command", "args"} {
				list, _ := m[key].([]any)
				for _, word := range list {
					require.IsType(t, "", word, "%s: %v", path, list)
					words = append(words, word.(string))
				}
			}
			if len(words) > 0 && words[0] == programName {
				lines = append(lines, commandLine{path, words})
			}
		})
	}
	require.NotEmpty(t, lines, "%s calls nothing", path)
	return lines
}

// walkYAML calls f for every mapping, in the order of their keys where that counts: init
// containers before containers.
func walkYAML(v any, f func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		f(v)
		for _, key := range sortedKeys(v) {
			walkYAML(v[key], f)
		}
	case []any:
		for _, item := range v {
			walkYAML(item, f)
		}
	}
}

func sortedKeys(m map[string]any) []string {
	first := []string{"rehearse", "plan", "apply", "initContainers"}
	var keys, rest []string
	for _, key := range first {
		if _, ok := m[key]; ok {
			keys = append(keys, key)
		}
	}
	for key := range m {
		if !strings.Contains(" "+strings.Join(first, " ")+" ", " "+key+" ") {
			rest = append(rest, key)
		}
	}
	return append(keys, rest...)
}

// runSamples runs every command line of sample files, in their order, and wants each to
// end well: runsamples examples/ci/migrate.yml.
func runSamples(ts *testscript.TestScript, _ bool, args []string) {
	for _, path := range args {
		for _, l := range sampleLines(ts.Value(testKey{}).(testing.TB), filepath.Join("../..", path)) {
			ts.Logf("%s: %s", path, strings.Join(l.words, " "))
			ts.Check(ts.Exec(l.words[0], l.words[1:]...))
		}
	}
}

type testKey struct{}

// The samples say what Kubernetes and GitHub want of them, as far as that can be told
// here.
func TestSamplesAreWhole(t *testing.T) {
	t.Parallel()
	for _, path := range samples(t) {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		var doc map[string]any
		require.NoError(t, yaml.Unmarshal(b, &doc), path)
		if jobs, ok := doc["jobs"].(map[string]any); ok {
			require.Contains(t, doc, "on", path)
			require.Contains(t, doc, "permissions", path)
			for name, job := range jobs {
				require.Contains(t, job, "runs-on", name)
				for _, step := range job.(map[string]any)["steps"].([]any) {
					step := step.(map[string]any)
					_, runs := step["run"]
					_, uses := step["uses"]
					require.NotEqual(t, runs, uses, "%s: a step either runs or uses: %v", name, step)
				}
			}
			continue
		}
		require.Contains(t, doc, "apiVersion", path)
		require.Contains(t, doc, "kind", path)
		require.Contains(t, doc["metadata"], "name", path)
		containers := 0
		walkYAML(doc, func(m map[string]any) {
			if _, ok := m["image"]; !ok {
				return
			}
			containers++
			require.Contains(t, m, "name", path)
			require.Contains(t, m, "securityContext", path)
			// Passwords come from secrets, and each container has one login.
			env := m["env"].([]any)
			require.Len(t, env, 1, path)
			variable := env[0].(map[string]any)
			require.Contains(t, variable["valueFrom"], "secretKeyRef", path)
			command, _ := m["command"].([]any)
			if len(command) > 2 {
				want := map[any]string{"up": roleOwner.env(), "wait": roleApp.env()}[command[2]]
				if want != "" {
					require.Equal(t, want, variable["name"], path)
				}
			}
		})
		require.Positive(t, containers, path)
	}
}
