// Package native runs native clients, built from the same core as the browser's, against the real relay
// and a real database, and kills both. Clients and relay are separate processes, so that a kill is a real one.
//
// [Person] is the harness; test/compat uses it, too. A test package that uses it calls [Main] in its TestMain, which
// makes the test's own program a client when a Person starts it. New cases of lost or doubled messages belong in
// chat_test.go; a new wish of a test becomes a field of [View] or a method of [Person]. The package must not know how the
// relay stores.
package native
