// Package native runs native clients, built from the same core as the browser's, against the real relay
// and a real database, and kills both. Clients and relay are separate processes, which a test kills by SIGKILL.
//
// [Person] is the harness; test/compat uses it, too. A test package that uses it calls [Main] in its TestMain, which
// makes the test's own program a client when a Person starts it. A new case of lost or doubled messages belongs in
// chat_test.go. If a test needs more of a client, add a field to [View] or a method to [Person]. The package must not know how the
// relay stores.
package native
