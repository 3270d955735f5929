// Package soak tests that a program which embeds attestdb keeps its size however long it
// runs, and leaves nothing behind when it closes it. It has a package, and so a process,
// of its own: goroutines and open files are those of the process.
package soak
