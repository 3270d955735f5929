package main

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
)

func (a *app) verdictCheckpoint() *cobra.Command {
	var key, origin string
	var list bool
	cmd := a.verb("checkpoint --key FILE | --list", "Sign the ledger as it is now, or list the checkpoints", 0, 0,
		func(ctx context.Context, _ []string) error {
			if list == (key != "") || list && origin != "" {
				return usagef("give --key FILE, or --list alone")
			}
			if list {
				return a.withLedger(ctx, func(t *attestdb.TenantDB) error { return a.listCheckpoints(ctx, t) })
			}
			raw, err := readFile(ctx, key)
			if err != nil {
				return usagef("--key: %w", err)
			}
			// Before anything else, with whatever name: the tenant's is not known yet.
			if _, err := ledger.ParseSigningKey("attestdb", raw); err != nil {
				return invalidFlag("--key "+key, err)
			}
			return a.withLedger(ctx, func(t *attestdb.TenantDB) error { return a.checkpoint(ctx, t, raw, origin) })
		})
	cmd.Example = "openssl genpkey -algorithm ed25519 -out ledger.pem\n" +
		"attestdb verdict checkpoint --tenant acme --key ledger.pem > checkpoint"
	cmd.Flags().StringVar(&key, "key", "", "sign with the Ed25519 private key of this PEM file (PKCS#8)")
	cmd.Flags().StringVar(&origin, "origin", "", "the ledger's name in the checkpoint, and the key's; else attestdb/ and the tenant's id")
	cmd.Flags().BoolVar(&list, "list", false, "list the checkpoints that are stored, the largest first")
	return cmd
}

type checkpointJSON struct {
	TenantID  attestdb.TenantID `json:"tenant_id"`
	ID        uuid.UUID         `json:"id"`
	CreatedAt time.Time         `json:"created_at"`
	Origin    string            `json:"origin"`
	TreeSize  int64             `json:"tree_size"`
	RootHash  digest.SHA256     `json:"root_hash"`
	Note      string            `json:"note"`
	SignedBy  string            `json:"signed_by"`
	Existed   *bool             `json:"existed,omitempty"`
}

func newCheckpointJSON(t *attestdb.TenantDB, c verdict.Checkpoint) checkpointJSON {
	return checkpointJSON{
		TenantID: t.ID(), ID: c.ID, CreatedAt: c.CreatedAt, Origin: c.Origin, TreeSize: c.TreeSize,
		RootHash: c.RootHash, Note: string(c.Note), SignedBy: c.SignedBy,
	}
}

// checkpoint writes the note, byte for byte, to the standard output.
func (a *app) checkpoint(ctx context.Context, t *attestdb.TenantDB, pem []byte, origin string) error {
	name := origin
	if name == "" {
		name = ledger.Origin(t.ID())
	}
	key, err := ledger.ParseSigningKey(name, pem)
	if err != nil {
		return invalidFlag("--origin", err)
	}
	c, err := t.Verdict().Checkpoint(ctx, key, origin)
	if err != nil {
		return err
	}
	if a.json {
		object := newCheckpointJSON(t, c.Checkpoint)
		object.Existed = &c.Existed
		return a.printJSON(object)
	}
	if _, err := a.stdout.Write(c.Note); err != nil {
		return err
	}
	a.note("%s: %d entries, root sha256:%s", newOrExisted(c.Existed), c.TreeSize, c.RootHash)
	a.note("verifier: %s", c.SignedBy)
	return nil
}

func (a *app) listCheckpoints(ctx context.Context, t *attestdb.TenantDB) error {
	table := newTable(a.stdout)
	first := true
	for c, err := range t.Verdict().Checkpoints(ctx) {
		if err != nil {
			return err
		}
		if a.json {
			if err := a.printJSON(newCheckpointJSON(t, c)); err != nil {
				return err
			}
			continue
		}
		if first {
			table.row("SIZE", "CREATED", "ROOT", "ORIGIN", "SIGNED BY")
			first = false
		}
		table.row(strconv.FormatInt(c.TreeSize, 10), timestamp(c.CreatedAt), "sha256:"+c.RootHash.String(), c.Origin, c.SignedBy)
	}
	return table.flush()
}
