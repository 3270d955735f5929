package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/ledger"
)

// verdictCommand has the commands of module verdict.
func (a *app) verdictCommand() *cobra.Command {
	cmd := a.group("verdict", "Record decisions in the tenant's ledger, find them, and prove and verify the ledger",
		a.verdictAppend(), a.verdictList(), a.verdictShow(), a.verdictCurrent(),
		a.verdictVerify(), a.verdictCheckpoint(), a.verdictProve(), a.verdictVerifyProof(),
		a.verdictExport(), a.verdictVerifyExport(), a.verdictErase(), a.verdictRetention(), a.verdictHold())
	cmd.Aliases = []string{"ledger"}
	return cmd
}

// withLedger runs f with the tenant, whose ledger may turn out not to be what was signed.
func (a *app) withLedger(ctx context.Context, f func(*attestdb.TenantDB) error) error {
	db, tenant, err := a.openTenant(ctx)
	if err != nil {
		return err
	}
	defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
	err = f(tenant)
	var wrong *ledger.ProofError
	switch {
	case errors.As(err, &wrong):
		return no(err, fmt.Sprintf("`%s verdict verify --tenant %s` says what is wrong with the ledger; nothing is signed or written of what is", programName, a.tenantName()))
	case errors.Is(err, attestdb.ErrTenantSuspended):
		return no(err, "")
	case errors.Is(err, attestdb.ErrNotFound):
		return no(err, fmt.Sprintf("`%s verdict checkpoint --list` shows the checkpoints, `checkpoint --key FILE` makes one of the ledger as it is now", programName))
	}
	return err
}

// verifierKeys are keys that checkpoints are verified with, each given as name+hash+key or
// by a file that has such keys, one a line.
type verifierKeys []string

func (k *verifierKeys) register(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar((*[]string)(k), "verifier", nil, "a key that is trusted, as name+hash+key, or a file with such keys, one a line; may be given several times")
}

func (k verifierKeys) verifiers(ctx context.Context) ([]note.Verifier, error) {
	if len(k) == 0 {
		return nil, usagef("--verifier: name the key that the checkpoint has to be signed with")
	}
	var list []note.Verifier
	seen := map[string]bool{}
	for _, given := range k {
		keys := []string{given}
		if _, err := note.NewVerifier(given); err != nil {
			raw, err := readFile(ctx, given)
			if err != nil {
				return nil, usagef("--verifier: neither a key such as example.com/log+0a1b2c3d+AQ… nor a file: %w", err)
			}
			if keys = strings.Fields(string(raw)); len(keys) == 0 {
				return nil, usagef("--verifier %s: the file has no key", given)
			}
		}
		for _, key := range keys {
			v, err := note.NewVerifier(key)
			if err != nil {
				return nil, usagef("--verifier %s: %w: allowed is name+hash+key of an Ed25519 key", given, err)
			}
			if !seen[key] {
				list, seen[key] = append(list, v), true
			}
		}
	}
	return list, nil
}

// offline is the outcome of what was verified without a database.
func offline(name string, err error) error {
	var wrong *ledger.ProofError
	var unknown *ledger.UnknownFieldError
	switch {
	case errors.As(err, &wrong) && wrong.Problem == ledger.ProblemSignature:
		return no(fmt.Errorf("%s: %w", name, err), "give the key that you expect with --verifier; whoever runs the ledger publishes it, and `checkpoint --list` shows it")
	case errors.As(err, &wrong):
		return no(fmt.Errorf("%s: %w", name, err), "it proves nothing as it is: ask whoever gave it to you for another, and tell them what is wrong")
	case errors.As(err, &unknown):
		return &failure{code: exitUnknown, err: fmt.Errorf("%s: %w", name, err), hint: "verify it with a newer attestdb: `attestdb version` shows this one's"}
	case errors.Is(err, attestdb.ErrInvalid):
		return no(fmt.Errorf("%s: refused: %w", name, err), fmt.Sprintf("`%s verdict prove` writes such files", programName))
	}
	return err
}
