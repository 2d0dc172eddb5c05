// Package s3 keeps blobs as objects in a bucket. The main type is [Store]; [Open] reads its address:
//
//	s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-central-1
//
// The keys to the bucket come from the usual environment of AWS: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a file of
// credentials, or the machine's role. An object is stored by one request, so it is complete or missing.
//
// A new setting of the bucket is a parameter of the address, read in [Open].
//
// # What this package must not know
//
// The meaning of keys: it accepts any key that [files.ValidKey] accepts.
package s3
