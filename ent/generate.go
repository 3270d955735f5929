// Package ent is the client that Ent generates from package schema. It is
// public, but outside the compatibility promise; package domain is the API.
//
// Append-only entities can be created and queried only. The client does not
// create tables: package migrations does.
package ent

//go:generate go run stella-ops.org/attestdb/internal/cmd/entgen
