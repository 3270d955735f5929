package main

import (
	"context"

	"github.com/spf13/cobra"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
)

type provenJSON struct {
	ledgerRow

	Verified     bool          `json:"verified"`
	Origin       string        `json:"origin"`
	TreeSize     int64         `json:"tree_size"`
	RootHash     digest.SHA256 `json:"root_hash"`
	FromTreeSize *int64        `json:"from_tree_size"`
}

func (a *app) verdictVerifyProof() *cobra.Command {
	var keys verifierKeys
	cmd := a.verb("verify-proof FILE --verifier KEY", "Verify the proof of an entry without a database", 1, 1,
		func(ctx context.Context, args []string) error {
			verifiers, err := keys.verifiers(ctx)
			if err != nil {
				return err
			}
			raw, err := readAtMost(ctx, args[0], ledger.MaxProofSize)
			if err != nil {
				return usagef("%w", err)
			}
			proven, err := ledger.VerifyProof(raw, verifiers...)
			if err != nil {
				return offline(args[0], err)
			}
			return a.proven(proven)
		})
	cmd.Example = "attestdb verdict verify-proof proof.json --verifier verifier.txt"
	keys.register(cmd)
	return cmd
}

func (a *app) proven(p ledger.Proven) error {
	object := provenJSON{
		ledgerRow: newLedgerRow(p.Entry), Verified: true,
		Origin: p.Checkpoint.Origin, TreeSize: p.Checkpoint.TreeSize, RootHash: p.Checkpoint.RootHash,
	}
	if p.Since != nil {
		object.FromTreeSize = &p.Since.TreeSize
	}
	if a.json {
		return a.printJSON(object)
	}
	a.printf("verified: in the ledger %s of %d entries, root sha256:%s\n", object.Origin, object.TreeSize, object.RootHash)
	if p.Since != nil {
		a.printf("verified: the ledger only grew since it had %d entries\n", p.Since.TreeSize)
	}
	t := newTable(a.stdout)
	object.print(t)
	return t.flush()
}
