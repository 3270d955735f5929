package sbom_test

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/sbom"
)

// heapPeak returns how many bytes of objects f has added to the heap at most, garbage that
// is not yet collected among them.
func heapPeak(t *testing.T, f func()) uint64 {
	t.Helper()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	read := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	runtime.GC()
	before := read()
	done, most := make(chan struct{}), make(chan uint64)
	go func() {
		peak := before
		for {
			select {
			case <-done:
				most <- max(peak, read())
				return
			default:
				peak = max(peak, read())
				time.Sleep(50 * time.Microsecond)
			}
		}
	}()
	f()
	close(done)
	return <-most - before
}

// Nobody needs to be asked for gigabytes by megabytes: what a document holds as many
// small values costs about what it weighs. (No other test runs beside this one, whose
// memory would count.)
func TestMemoryIsBoundedByTheSizeOfADocument(t *testing.T) {
	const size, factor = 4 << 20, 20
	list := func(element string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(element+",", size/(len(element)+1)), ",") + "]"
	}
	numbered := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format+",", i, i)
		}
		return "[" + strings.TrimSuffix(b.String(), ",") + "]"
	}
	cdx := func(members string) string { return `{"bomFormat":"CycloneDX","specVersion":"1.6",` + members + `}` }
	component := func(members string) string {
		return cdx(`"components":[{"type":"library","name":"a",` + members + `}]`)
	}
	spdx := func(members string) string {
		return `{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT",` + members + `}`
	}
	pkg := func(members string) string {
		return spdx(`"packages":[{"SPDXID":"SPDXRef-a","name":"a",` + members + `}]`)
	}
	few := func(element string) string { return "[" + strings.Repeat(element+",", 255) + element + "]" }
	for name, raw := range map[string]string{
		"components":             cdx(`"components":` + list(`{}`)),
		"named components":       cdx(`"components":` + list(`{"name":"a"}`)),
		"nested components":      component(`"components":` + list(`{"name":"a"}`)),
		"components of subject":  cdx(`"metadata":{"component":{"components":` + list(`{"name":"a"}`) + `}}`),
		"components in threes":   cdx(`"components":` + list(`{"name":"a","components":[{"name":"b"},{"name":"c","components":[{"name":"d"}]}]}`)),
		"deep components":        cdx(`"components":` + list(strings.Repeat(`{"name":"a","components":[`, 60)+strings.Repeat("]}", 60))),
		"hashes":                 component(`"hashes":` + list(`{}`)),
		"wrong hashes":           cdx(`"components":` + list(`{"name":"a","hashes":`+few(`{}`)+`}`)),
		"other wrong hashes":     cdx(`"components":` + list(`{"name":"a","hashes":`+few(`{"alg":"MD5","content":"-"}`)+`}`)),
		"wrong package URLs":     cdx(`"components":` + list(`{"name":"a","purl":"-"}`)),
		"licences":               component(`"licenses":` + list(`{}`)),
		"licences without names": component(`"licenses":` + list(`{"license":{}}`)),
		"licences, numbered":     component(`"licenses":` + numbered(`{"expression":"%d OR a%d"}`)),
		"tags":                   component(`"tags":` + list(`""`)),
		"properties":             component(`"properties":` + list(`{}`)),
		"evidence":               component(`"evidence":{"occurrences":` + list(`{}`) + `}`),
		"pedigree":               component(`"pedigree":{"ancestors":` + list(`{"type":"file"}`) + `}`),
		"vulnerabilities":        cdx(`"vulnerabilities":` + list(`{}`)),
		"dependencies":           cdx(`"dependencies":` + list(`{}`)),
		"tools":                  cdx(`"metadata":{"tools":` + list(`{}`) + `}`),
		"what nobody knows":      cdx(`"x":` + list(`[{}]`)),
		"packages":               spdx(`"packages":` + list(`{}`)),
		"named packages":         spdx(`"packages":` + list(`{"name":"a"}`)),
		"described packages":     spdx(`"documentDescribes":["SPDXRef-a"],"packages":` + list(`{"SPDXID":"SPDXRef-a"}`)),
		"files":                  spdx(`"files":` + list(`{}`)),
		"described files":        spdx(`"documentDescribes":["SPDXRef-a"],"files":` + list(`{"SPDXID":"SPDXRef-a"}`)),
		"relationships":          spdx(`"relationships":` + list(`{}`)),
		"described elements":     spdx(`"documentDescribes":` + numbered(`"SPDXRef-%d-%d"`)),
		"DESCRIBES":              spdx(`"relationships":` + numbered(`{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-%d-%d"}`)),
		"checksums":              pkg(`"checksums":` + list(`{}`)),
		"references":             pkg(`"externalRefs":` + list(`{}`)),
		"references, numbered":   pkg(`"externalRefs":` + numbered(`{"referenceType":"purl","referenceLocator":"%d%d"}`)),
		"files of a package":     pkg(`"hasFiles":` + list(`""`)),
		"snippets":               spdx(`"snippets":` + list(`{}`)),
	} {
		t.Run(name, func(t *testing.T) {
			content := []byte(raw)
			require.Greater(t, len(content), size-size/100)
			var d *sbom.Document
			var err error
			peak := heapPeak(t, func() { d, err = sbom.Parse(content) })
			require.LessOrEqual(t, peak, uint64(factor*len(content)))
			if d != nil {
				require.LessOrEqual(t, len(d.Problems), sbom.MaxProblems+1)
			}
			t.Logf("%.1f of its size at most; %v", float64(peak)/float64(len(content)), err)
		})
	}
}
