package ent

//go:generate go run stella-ops.org/attestdb/internal/cmd/entgen
