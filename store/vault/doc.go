// Package vault keeps turns, wraps and devices of end-to-end encrypted rooms in a database. Its statements are the
// same in SQLite and PostgreSQL, except for the expression that reads a list in JSON; each store has a migration with
// the tables.
//
// The main type is [Vault], a [rules.Vault] in a transaction. [Turns] and [Devices] read for requests.
//
// To add something, write a method with its statement here, and one in store/memory; store/storetest compares them.
// Parameters are $1, $2 …, and must first appear in that order, because SQLite numbers them that way.
//
// The package must not know a driver, nor permissions.
package vault
