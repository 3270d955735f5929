package main

import (
	"context"
	"io/fs"
	"path"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/migrations"
)

type versionInfo struct {
	Version      string            `json:"version"`
	LibraryLevel int               `json:"library_level"`
	Heads        map[string]string `json:"heads"`
	GoVersion    string            `json:"go_version"`
}

func version() versionInfo {
	v := versionInfo{Version: "(devel)", LibraryLevel: attestdb.LibraryLevel, GoVersion: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	return v
}

// heads is the newest migration version of each module in this program.
func heads() map[string]string {
	newest := map[string]string{}
	for _, module := range migrations.Modules {
		files, _ := fs.Glob(migrations.FS, path.Join(module, "*.sql"))
		for _, file := range files {
			version, _, _ := strings.Cut(path.Base(file), "_")
			newest[module] = max(newest[module], version)
		}
	}
	return newest
}

func (a *app) versionCommand() *cobra.Command {
	return a.verb("version", "Show the version, and the schema versions that it brings", 0, 0,
		func(context.Context, []string) error {
			v := version()
			v.Heads = heads()
			if a.json {
				return a.printJSON(v)
			}
			a.printf("%s %s, library level %d, %s\n", programName, v.Version, v.LibraryLevel, v.GoVersion)
			for _, module := range migrations.Modules {
				a.printf("%s %s\n", module, v.Heads[module])
			}
			return nil
		})
}
