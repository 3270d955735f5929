package tests

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every test that a document names is there, and every command that it gives for tests
// runs some.
func TestDocumentsNameTestsThatExist(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "_test.go") {
			var b []byte
			b, err = os.ReadFile(path)
			code.Write(b)
		}
		return err
	}))
	documents, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	named := 0
	for _, path := range append(documents, "../README.md") {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, name := range regexp.MustCompile("`((Test|Benchmark|Fuzz)[A-Z]\\w+)`").FindAllStringSubmatch(string(b), -1) {
			require.Contains(t, code.String(), "func "+name[1]+"(", path)
			named++
		}
		for _, run := range regexp.MustCompile(`go test [^`+"`"+`\n]*-run '([^'^]+)'`).FindAllStringSubmatch(string(b), -1) {
			for part := range strings.SplitSeq(strings.ReplaceAll(run[1], `\|`, "|"), "|") { // a bar in a table is escaped
				if part != "NameOfTheTest" {
					require.Regexp(t, `func Test\w*`+strings.TrimSuffix(part, "$"), code.String(), "%s: -run %q runs nothing", path, part)
				}
			}
		}
	}
	require.Greater(t, named, 100)
}
