package proofchain_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/proofchain"
)

// sample is a chain of three segments with their contents, and its file.
func sample(t testing.TB) (*proofchain.File, string) {
	t.Helper()
	subject, err := digest.Parse("sha256:" + digest.Sum([]byte("artifact")).String())
	require.NoError(t, err)
	f := &proofchain.File{CreatedAt: time.Date(2026, 11, 24, 12, 0, 0, 123456000, time.UTC)}
	f.Subject, f.PolicyVersion, f.Supersedes = subject, `<"2026">`, &digest.SHA256{7}
	for _, kind := range []proofchain.Kind{proofchain.SBOM, proofchain.Evidence, proofchain.VEX} {
		content := []byte("content of " + string(kind))
		f.Segments = append(f.Segments, proofchain.Segment{Kind: kind, Digest: digest.Sum(content)})
		f.Contents = append(f.Contents, content)
	}
	f.Root, err = f.Chain.Root()
	require.NoError(t, err)
	return f, written(t, f)
}

func written(t require.TestingT, f *proofchain.File) string {
	var b bytes.Buffer
	w := proofchain.NewWriter(&b, f)
	for i, s := range f.Segments {
		require.NoError(t, w.Add(s, f.Contents[i]))
	}
	require.NoError(t, w.Close())
	return b.String()
}

func TestFileIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	f, text := sample(t)
	got, err := proofchain.ReadFile([]byte(text))
	require.NoError(t, err)
	require.Equal(t, f, got)
	require.Empty(t, got.Verify())
	rapid.Check(t, func(t *rapid.T) {
		f := &proofchain.File{Chain: chains().Draw(t, "chain"), Root: sum256(t, "root"), CreatedAt: time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "time")).UTC()}
		for range f.Segments {
			f.Contents = append(f.Contents, rapid.SampledFrom([][]byte{nil, {}, {0}, []byte("<&>\u2028")}).Draw(t, "content"))
		}
		got, err := proofchain.ReadFile([]byte(written(t, f)))
		require.NoError(t, err)
		require.Equal(t, f, got)
	})
}

func TestFileWithASecondReadingIsRefused(t *testing.T) {
	t.Parallel()
	_, text := sample(t)
	for name, change := range map[string][2]string{
		"a member more":               {`"format":`, `"extra":1,"format":`},
		"a member more in a segment":  {`"kind":"vex"`, `"kind":"vex","extra":1`},
		"a member twice":              {`"policy_version":`, `"policy_version":"other","policy_version":`},
		"a member twice in a segment": {`"kind":"vex"`, `"kind":"sbom","kind":"vex"`},
		"another case":                {`"root":`, `"Root":`},
		"another order":               {`{"format":"attestdb proof chain v1",`, `{`},
		"an escape":                   {`"kind":"vex"`, `"kind":"ve\u0078"`},
		"a digest in capitals":        {"ab", "AB"},
		"a digest without its name":   {`"root":"sha256:`, `"root":"`},
		"another format":              {"proof chain v1", "proof chain v2"},
		"an unknown kind":             {`"kind":"vex"`, `"kind":"gossip"`},
		"base64 with a line end":      {`"content":"`, `"content":"\n`},
		"a time elsewhere":            {`.123456Z`, `.123456+00:00`},
		"a policy with a space":       {`<\"2026\">`, `a b`},
		"no segments":                 {`"segments":[`, `"segment":[`},
		"something behind it":         {"]}\n", "]} {}"},
		"nothing":                     {text, ""},
		"null":                        {text, "null"},
		"an array":                    {text, "[]"},
	} {
		require.Contains(t, text, change[0], name)
		_, err := proofchain.ReadFile([]byte(strings.Replace(text, change[0], change[1], 1)))
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid, name)
		require.NotEmpty(t, invalid.Field)
	}
	_, err := proofchain.ReadFile([]byte(" \n" + strings.ReplaceAll(text, `,"`, ",\r\n\t\"")))
	require.NoError(t, err, "white space means nothing")
}

func TestFileThatIsTamperedWithIsFoundOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*proofchain.File)
		want   []string
	}{
		"content":    {func(f *proofchain.File) { f.Contents[1] = []byte("x") }, []string{"segment 1 evidence sha256:*: wrong digest"}},
		"no content": {func(f *proofchain.File) { f.Contents[2] = nil }, []string{"segment 2 vex sha256:*: missing"}},
		"content and digest": {func(f *proofchain.File) {
			f.Contents[2] = []byte("x")
			f.Segments[2].Digest = digest.Sum([]byte("x"))
		}, []string{"chain: root differs"}},
		"segment gone": {func(f *proofchain.File) { f.Segments, f.Contents = f.Segments[1:], f.Contents[1:] }, []string{"chain: root differs"}},
		"order": {func(f *proofchain.File) {
			f.Segments[0], f.Segments[1] = f.Segments[1], f.Segments[0]
			f.Contents[0], f.Contents[1] = f.Contents[1], f.Contents[0]
		}, []string{"segment 1 sbom sha256:*: misplaced"}},
		"twice": {func(f *proofchain.File) {
			f.Segments, f.Contents = append(f.Segments, f.Segments[2]), append(f.Contents, f.Contents[2])
		}, []string{"segment 3 vex sha256:*: misplaced", "chain: root differs"}},
		"no segments":    {func(f *proofchain.File) { f.Segments, f.Contents = nil, nil }, []string{"chain: root differs"}},
		"subject":        {func(f *proofchain.File) { f.Subject, _ = digest.New("sha1", strings.Repeat("00", 20)) }, []string{"chain: root differs"}},
		"policy":         {func(f *proofchain.File) { f.PolicyVersion = "2" }, []string{"chain: root differs"}},
		"predecessor":    {func(f *proofchain.File) { f.Supersedes[0]++ }, []string{"chain: root differs"}},
		"no predecessor": {func(f *proofchain.File) { f.Supersedes = nil }, []string{"chain: root differs"}},
		"root":           {func(f *proofchain.File) { f.Root[31]++ }, []string{"chain: root differs"}},
		"kind":           {func(f *proofchain.File) { f.Segments[2].Kind = proofchain.Verdict }, []string{"chain: root differs"}},
	} {
		f, _ := sample(t)
		c.change(f)
		got, err := proofchain.ReadFile([]byte(written(t, f)))
		require.NoError(t, err, name)
		findings := got.Verify()
		require.Len(t, findings, len(c.want), name)
		for i, want := range c.want {
			before, after, _ := strings.Cut(want, "*")
			require.True(t, strings.HasPrefix(findings[i].String(), before), "%s: %s", name, findings[i])
			require.Contains(t, findings[i].String(), after, name)
		}
	}
}

type fullDisk struct{ error }

func (d fullDisk) Write([]byte) (int, error) { return 0, d.error }

func TestWriterTellsOfTheFirstError(t *testing.T) {
	t.Parallel()
	f, _ := sample(t)
	full := errors.New("disk full")
	w := proofchain.NewWriter(fullDisk{full}, f)
	require.ErrorIs(t, w.Add(f.Segments[0], nil), full)
	require.ErrorIs(t, w.Close(), full)
	large := make([]byte, proofchain.MaxFileSize/4*3)
	w = proofchain.NewWriter(fullDisk{}, f)
	require.ErrorIs(t, w.Add(f.Segments[0], large), fault.ErrInvalid)
	require.ErrorIs(t, w.Close(), fault.ErrInvalid)
}

// Whatever is read is read by everybody alike: it is what the writer writes. What
// is refused is refused as a *fault.Invalid.
func FuzzReadFile(f *testing.F) {
	_, text := sample(f)
	f.Add([]byte(text))
	f.Add([]byte(`{"format":"attestdb proof chain v1","subject":"dirHash:\n","policy_version":"1","supersedes":null,"root":"sha256:` + strings.Repeat("0", 64) + `","created_at":"0001-01-01T00:00:00Z","segments":[]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := proofchain.ReadFile(raw)
		if err != nil {
			if !errors.Is(err, fault.ErrInvalid) {
				t.Fatalf("not a *fault.Invalid: %v", err)
			}
			return
		}
		file.Verify()
		again, err := proofchain.ReadFile([]byte(written(t, file)))
		require.NoError(t, err)
		require.Equal(t, file, again)
	})
}
