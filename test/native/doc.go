// Package native lets people chat from native clients, built from the same core as the browser's, over the real relay
// and a real database, and kills both. Clients and relay are processes of their own, so that a kill is a kill.
//
// [Person] is the harness; test/compat uses it, too. A test package that uses it calls [Main] in its TestMain, which
// makes the test's own program a client when a Person starts it. New cases of lost or doubled messages belong in
// chat_test.go; what more a test asks of a client becomes a field of [View] or a [Person]'s method.
package native
