package attestor_test

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/fault"
)

// told renders sources as "name=bytes" or "name!error".
func told(sources iter.Seq[attestor.Source]) []string {
	var all []string
	for s := range sources {
		if s.Err != nil {
			all = append(all, s.Name+"!"+s.Err.Error())
		} else {
			all = append(all, s.Name+"="+string(s.Raw))
		}
	}
	return all
}

func TestDocumentsTakesOneDocumentOrOneALine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"{}", []string{"-={}"}},
		{"{}\n", []string{"-={}\n"}},
		{"{\n}\n", []string{"-={\n}\n"}},
		{"{}\n{}\n", []string{"-:1={}", "-:2={}"}},
		{"{}\nno\n", []string{"-:1={}", "-:2=no"}},
		{"no\n{}\n", []string{"-:1=no", "-:2={}"}},
		{"{no\n{}\n\nno\n{}", []string{"-:1={no", "-:2={}", "-:4=no", "-:5={}"}},
		{"\n{no\n{\"a\":1}\r\n", []string{"-:2={no", "-:3={\"a\":1}"}},
		{"{no\n1\n[]\n", []string{"-={no\n1\n[]\n"}},
		{"{\n\"a\":[\n {}\n]\n", []string{"-={\n\"a\":[\n {}\n]\n"}},
		{"{\n\"a\":[\n{}\n]}\n", []string{"-={\n\"a\":[\n{}\n]}\n"}},
		{"", []string{"-="}},
		{"\n \r\n{}\n{}\n", []string{"-:3={}", "-:4={}"}},
		{"\n{}\n", []string{"-=\n{}\n"}},
		{"\n{\n}\n", []string{"-=\n{\n}\n"}},
		{"\n\n", []string{"-=\n\n"}},
	} {
		require.Equal(t, c.want, told(attestor.Documents("-", strings.NewReader(c.in))), c.in)
		require.Equal(t, c.want, told(attestor.Documents("-", iotest.OneByteReader(strings.NewReader(c.in)))), c.in)
	}
	broken := errors.New("broken")
	require.Equal(t, []string{"-!broken"}, told(attestor.Documents("-", iotest.ErrReader(broken))))
	require.Equal(t, []string{"-!broken"}, told(attestor.Documents("-", io.MultiReader(strings.NewReader("{}\n"), iotest.ErrReader(broken)))),
		"nobody knows whether more would have followed")
	require.Equal(t, []string{"f:1=1", "f:2!broken"},
		told(attestor.Lines("f", io.MultiReader(strings.NewReader("1\n2"), iotest.ErrReader(broken)))))
}

func TestALineThatIsTooLongIsNamedAndPassedOver(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", attestor.MaxContentSize+2) + "\n"
	var names []string
	for s := range attestor.Lines("f", strings.NewReader("1\n"+long+"3\n")) {
		names = append(names, s.Name)
		if s.Name == "f:2" {
			require.ErrorIs(t, s.Err, fault.ErrInvalid)
		} else {
			require.NoError(t, s.Err)
			require.Len(t, s.Raw, 1)
		}
	}
	require.Equal(t, []string{"f:1", "f:2", "f:3"}, names)
}

func TestWhatIsTooLargeForOneDocumentIsTakenLineByLine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", attestor.MaxContentSize+2) + "\n"
	filler := strings.Repeat(strings.Repeat("x", 1<<20)+"\n", 17)
	for name, c := range map[string]struct {
		in   string
		want []string // "!" for one that is refused
	}{
		"a line alone":             {long, []string{"-!"}},
		"a line before another":    {long + "{}\n", []string{"-:1!", "-:2={}"}},
		"blank lines":              {strings.Repeat("\n", attestor.MaxContentSize) + "\n{}\n{}\n", numbered("-:%d={}", attestor.MaxContentSize+2, attestor.MaxContentSize+3)},
		"a broken line":            {"{no\n{\"a\":1}\n" + filler, append([]string{"-:1={no", "-:2={\"a\":1}"}, numbered("-:%d!", 3, 19)...)},
		"broken lines alone":       {"{no\n" + filler + "{}\n", append(append([]string{"-:1={no"}, numbered("-:%d!", 2, 18)...), "-:19={}")},
		"a document of many lines": {"{\n\"a\":[\n" + strings.Repeat("{},\n", attestor.MaxContentSize/4) + "{}]}", []string{"-!"}},
	} {
		var got []string
		for s := range attestor.Documents("-", strings.NewReader(c.in)) {
			switch {
			case s.Err != nil:
				require.ErrorIs(t, s.Err, fault.ErrInvalid, name)
				got = append(got, s.Name+"!")
			case len(s.Raw) > 100:
				got = append(got, s.Name+"!")
			default:
				got = append(got, s.Name+"="+string(s.Raw))
			}
		}
		require.Equal(t, c.want, got, name)
	}
}

func numbered(format string, from, to int) []string {
	var all []string
	for n := from; n <= to; n++ {
		all = append(all, fmt.Sprintf(format, n))
	}
	return all
}

// Nobody reads on behind the largest evidence, so nobody says how large a file is.
func TestEvidenceThatIsTooLargeIsGivenNoSize(t *testing.T) {
	t.Parallel()
	large := make([]byte, attestor.MaxContentSize+100)
	for s := range attestor.Files(fstest.MapFS{"a.json": {Data: large}}, "a.json") {
		require.NoError(t, s.Err)
		_, err := attestor.Parse(s.Raw)
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid)
		require.Equal(t, "it has more", invalid.Problem)
		require.Equal(t, "at most 16777216 bytes", invalid.Allowed)
	}
}
