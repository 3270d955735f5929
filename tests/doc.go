// Package tests is attestdb's black-box tests: they use package domain, the
// command and SQL, never what is inside, against servers that attestdb's own
// migrations built.
package tests
