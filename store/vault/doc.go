// Package vault keeps what belongs to end-to-end encrypted rooms in a database: turns, wraps, devices. Its statements are the
// same in SQLite and PostgreSQL, but for how they read a list in JSON, and each store has the tables by a migration of its own.
//
// The main type is [Vault], a [rules.Vault] in a transaction. [Turns] and [Devices] read for requests.
//
// To add something: a method with its statement here, and in store/memory; store/storetest compares them. Parameters are $1, $2 …, and
// come in that order the first time, because SQLite numbers them so.
//
// It must not know a driver, nor who may do what.
package vault
