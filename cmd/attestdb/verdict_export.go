package main

import (
	"context"
	"encoding/csv"
	"fmt"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/verdict"
)

func (a *app) verdictExport() *cobra.Command {
	var format string
	var req verdict.ExportRequest
	var keys verifierKeys
	var cmd *cobra.Command
	cmd = a.verb("export DIR [--size N] | --format jsonl|csv", "Write the ledger as a static transparency log, or its entries for an auditor", 0, 1,
		func(ctx context.Context, args []string) error {
			switch {
			case (format == "") == (len(args) == 0):
				return usagef("give a DIR, or --format jsonl or csv")
			case format != "" && format != "jsonl" && format != "csv":
				return usagef("--format %q: allowed is jsonl or csv", format)
			case format != "" && cmd.Flags().Changed("size"):
				return usagef("--size: allowed with a DIR, which holds a checkpoint")
			case format != "" && len(keys) > 0:
				return usagef("--verifier: allowed with a DIR, which holds a checkpoint")
			case len(keys) > 0:
				var err error
				if req.Verifiers, err = keys.verifiers(ctx); err != nil {
					return err
				}
			}
			if err := givenSize(cmd, "size"); err != nil {
				return err
			}
			return a.withLedger(ctx, func(t *attestdb.TenantDB) error {
				if format == "" {
					return a.exportLedger(ctx, t, args[0], req)
				}
				return a.exportRows(ctx, t, format)
			})
		})
	cmd.Example = "attestdb verdict export --tenant acme ledger/\n" +
		"attestdb verdict export --tenant acme --format csv > decisions.csv"
	cmd.Flags().StringVar(&format, "format", "", "write the entries to the standard output instead: jsonl (one JSON object a line) or csv")
	cmd.Flags().Int64Var(&req.Size, "size", 0, "export the ledger that the checkpoint of this size is of; else of the newest")
	keys.register(cmd)
	return cmd
}

func (a *app) exportLedger(ctx context.Context, t *attestdb.TenantDB, dir string, req verdict.ExportRequest) error {
	bar := a.progress(0)
	defer bar.clear()
	req.Progress = func(done, total int64) { bar.of(int(done), int(total)) }
	c, err := t.Verdict().Export(ctx, dir, req)
	bar.clear()
	if err != nil {
		return invalidFlag(dir, err)
	}
	if a.json {
		return a.printJSON(newCheckpointJSON(t, c))
	}
	a.printf("%s: %d entries of %s, root sha256:%s\n", dir, c.TreeSize, c.Origin, c.RootHash)
	return nil
}

// exportRows writes the entries that there are now, and none that is not as it was
// appended.
func (a *app) exportRows(ctx context.Context, t *attestdb.TenantDB, format string) error {
	size, err := t.Verdict().Size(ctx)
	if err != nil {
		return err
	}
	write, flush := func(row ledgerRow) error { return a.printJSON(row) }, func() error { return nil }
	if format == "csv" {
		w := csv.NewWriter(a.stdout)
		if err := w.Write(csvColumns); err != nil {
			return err
		}
		write = func(row ledgerRow) error { return w.Write(row.csv()) }
		flush = func() error { w.Flush(); return w.Error() }
	}
	bar := a.progress(int(size))
	defer bar.clear()
	for e, err := range t.Verdict().Range(ctx, 0, size) {
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		if err := write(newLedgerRow(e)); err != nil {
			return err
		}
		if e.Seq%1000 == 0 {
			bar.at(int(e.Seq), "")
		}
	}
	return flush()
}
