package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"ariga.io/atlas/sql/migrate"
)

// rehash brings the atlas.sum of every module into step with its files. It
// refuses if a file that Git's HEAD holds was edited or removed: databases may
// have applied it.
func rehash(ctx context.Context, root string, modules []string) error {
	edited, err := editedSinceHead(ctx, root)
	if err != nil {
		return err
	}
	if len(edited) > 0 {
		return fmt.Errorf("landed migrations were edited: %s: restore them and write a new migration: %w", strings.Join(edited, ", "), errNo)
	}
	return writeSums(root, modules)
}

func writeSums(root string, modules []string) error {
	for _, m := range modules {
		local, err := migrate.NewLocalDir(filepath.Join(root, m))
		if err != nil {
			return err
		}
		if err := writeSum(moduleDir{m, local}); err != nil {
			return err
		}
	}
	return nil
}

// editedSinceHead names the migrations below root that differ from HEAD or are
// gone. A repository without a commit has landed nothing.
func editedSinceHead(ctx context.Context, root string) ([]string, error) {
	head := exec.CommandContext(ctx, "git", "-C", root, "rev-parse", "--quiet", "--verify", "HEAD")
	if err := head.Run(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 1 {
			return nil, nil
		}
		return nil, fmt.Errorf("git in %s: %w: only Git knows which migrations have landed", root, err)
	}
	out, err := exec.CommandContext(ctx, "git", "-C", root, "diff", "--name-only", "--relative", "--no-renames",
		"--diff-filter=MDT", "HEAD", "--", "*.sql").Output()
	if err != nil {
		return nil, fmt.Errorf("git diff in %s: %w", root, err)
	}
	return strings.Fields(string(out)), nil
}
