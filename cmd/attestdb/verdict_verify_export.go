package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
)

type verifiedExportJSON struct {
	Verified bool           `json:"verified"`
	Origin   *string        `json:"origin"`
	TreeSize *int64         `json:"tree_size"`
	RootHash *digest.SHA256 `json:"root_hash"`
	// Seq, Problem and Detail say what is wrong.
	Seq     *int64         `json:"seq,omitempty"`
	Problem ledger.Problem `json:"problem,omitempty"`
	Detail  string         `json:"detail,omitempty"`
}

func (a *app) verdictVerifyExport() *cobra.Command {
	var keys verifierKeys
	cmd := a.verb("verify-export DIR --verifier KEY", "Verify an exported ledger without a database", 1, 1,
		func(ctx context.Context, args []string) error {
			verifiers, err := keys.verifiers(ctx)
			if err != nil {
				return err
			}
			bar := a.progress(0)
			defer bar.clear()
			c, err := ledger.VerifyExport(ctx, args[0], verifiers, func(done, total int64) { bar.of(int(done), int(total)) })
			bar.clear()
			if errors.Is(err, fs.ErrNotExist) {
				return usagef("%w", err)
			}
			return errors.Join(a.verifiedLedger(args[0], c, err), offline(args[0], err))
		})
	cmd.Example = "attestdb verdict verify-export ledger/ --verifier verifier.txt"
	keys.register(cmd)
	return cmd
}

// verifiedLedger prints the outcome; what cannot be told has none.
func (a *app) verifiedLedger(dir string, c ledger.Checkpoint, err error) error {
	var wrong *ledger.ProofError
	if err != nil && !errors.As(err, &wrong) {
		return nil
	}
	if !a.json {
		if wrong == nil {
			a.printf("verified: %s has %d entries of %s, root sha256:%s\n", dir, c.TreeSize, c.Origin, c.RootHash)
		}
		return nil
	}
	object := verifiedExportJSON{Verified: wrong == nil}
	if wrong == nil {
		object.Origin, object.TreeSize, object.RootHash = &c.Origin, &c.TreeSize, &c.RootHash
	} else {
		object.Problem, object.Detail = wrong.Problem, wrong.Detail
		if wrong.Seq >= 0 {
			object.Seq = &wrong.Seq
		}
	}
	if err := a.printJSON(object); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	return nil
}
