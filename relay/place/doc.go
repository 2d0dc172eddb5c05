// Package place works on the files of a database at their place, which is a folder or a bucket: Open opens the place by
// its address, Claim claims it for the database, Check and Export read it. The main type is [Copy], which copies the
// files of a backup. A new kind of place is one more case in Open; a new task for the files is a function here with a
// file of its name.
//
// The package must not know flags, HTTP and SQL: a caller hands in the rows of the database as [Rows].
package place
