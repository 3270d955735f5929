package main

import (
	"context"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/verdict"
)

// givenSize refuses a size that is given and is none: 0 would be the newest's.
func givenSize(cmd *cobra.Command, flag string) error {
	n, err := cmd.Flags().GetInt64(flag)
	if err == nil && n < 1 && cmd.Flags().Changed(flag) {
		return usagef("--%s %d: allowed is the size of a checkpoint, from 1", flag, n)
	}
	return err
}

func (a *app) verdictProve() *cobra.Command {
	var req verdict.ProofRequest
	var out string
	var keys verifierKeys
	var cmd *cobra.Command
	cmd = a.verb("prove SEQ [--size N] [--from N] [--out FILE]", "Write the proof that an entry is in the ledger", 1, 1,
		func(ctx context.Context, args []string) error {
			seq, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || seq < 0 {
				return usagef("%q: allowed is the place of an entry, from 0", args[0])
			}
			for _, flag := range []string{"size", "from"} {
				if err := givenSize(cmd, flag); err != nil {
					return err
				}
			}
			if len(keys) > 0 {
				if req.Verifiers, err = keys.verifiers(ctx); err != nil {
					return err
				}
			}
			return a.withLedger(ctx, func(t *attestdb.TenantDB) error {
				p, err := t.Verdict().Prove(ctx, seq, req)
				if err != nil {
					return invalidFlag("prove", err)
				}
				raw, err := p.Encode()
				if err != nil {
					return err
				}
				if out == "" {
					_, err := a.stdout.Write(raw)
					return err
				}
				if err := os.WriteFile(out, raw, 0o644); err != nil {
					return usagef("--out: %w", err)
				}
				a.note("%s: entry %d of %d", out, p.LeafIndex, p.TreeSize)
				return nil
			})
		})
	cmd.Example = "attestdb verdict prove --tenant acme 7 --out proof.json"
	cmd.Flags().Int64Var(&req.Size, "size", 0, "prove it in the ledger that the checkpoint of this size is of; else of the newest")
	cmd.Flags().Int64Var(&req.From, "from", 0, "prove as well that the ledger only grew since the checkpoint of this size")
	keys.register(cmd)
	cmd.Flags().StringVar(&out, "out", "", "write the proof to this file instead of the standard output")
	return cmd
}
