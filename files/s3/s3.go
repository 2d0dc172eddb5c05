package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"hallway/files"
)

// Store is a [files.Store] in a bucket.
type Store struct {
	core   minio.Core
	bucket string
	prefix string // the beginning of all keys: "", or with a slash at its end
}

var _ files.Store = (*Store)(nil)

// Scheme is the beginning of a bucket's address.
const Scheme = "s3://"

// endpointDefault is the endpoint of an address without one.
const endpointDefault = "https://s3.amazonaws.com"

// Open opens a bucket by its address, and checks that it can be reached.
func Open(ctx context.Context, address string) (*Store, error) {
	s, err := parse(address)
	if err != nil {
		return nil, fmt.Errorf("the address of the files is not s3://bucket/prefix?endpoint=…&region=…: %w", err)
	}
	ok, err := s.core.BucketExists(ctx, s.bucket)
	if err == nil && !ok {
		err = errors.New("there is no such bucket")
	}
	if err != nil {
		return nil, fmt.Errorf("open the bucket %q of files: %w", s.bucket, err)
	}
	return s, nil
}

// parse returns the store at an address, without a request to the server.
func parse(address string) (*Store, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("it is malformed")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return nil, errors.New("it is malformed")
	}
	for name := range query {
		if name != "endpoint" && name != "region" {
			return nil, fmt.Errorf("%q is not known", name)
		}
	}
	endpoint := query.Get("endpoint")
	if endpoint == "" {
		endpoint = endpointDefault
	}
	end, err := url.Parse(endpoint)
	if err != nil || end.Scheme != "http" && end.Scheme != "https" || end.Host == "" || strings.Trim(end.Path, "/") != "" {
		return nil, errors.New("endpoint must be as https://s3.example.org")
	}
	client, err := minio.New(end.Host, &minio.Options{
		Creds: credentials.NewChainCredentials([]credentials.Provider{
			&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{Client: http.DefaultClient},
		}),
		Secure: end.Scheme == "https", Region: query.Get("region"), BucketLookup: minio.BucketLookupAuto,
	})
	if err != nil {
		return nil, err
	}
	s := &Store{core: minio.Core{Client: client}, bucket: u.Host, prefix: strings.Trim(u.Path, "/")}
	if s.prefix != "" {
		s.prefix += "/"
	}
	return s, nil
}

// Close implements [files.Store].
func (s *Store) Close() error { return nil }

// Put implements [files.Store].
func (s *Store) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	name, err := s.name(key)
	if err != nil {
		return err
	}
	options := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true}
	_, err = s.core.Client.PutObject(ctx, s.bucket, name, &exact{r: r, left: size}, size, options)
	return err
}

// exact reads a number of bytes, and fails if there are fewer.
type exact struct {
	r    io.Reader
	left int64
}

func (e *exact) Read(p []byte) (n int, err error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err = e.r.Read(p[:min(int64(len(p)), e.left)])
	if e.left -= int64(n); errors.Is(err, io.EOF) && e.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Get implements [files.Store].
func (s *Store) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, int64, error) {
	name, err := s.name(key)
	if err != nil {
		return nil, 0, err
	}
	if offset == 0 && length < 0 {
		body, info, _, err := s.core.GetObject(ctx, s.bucket, name, minio.GetObjectOptions{})
		return body, info.Size, notFound(err)
	}
	info, err := s.core.StatObject(ctx, s.bucket, name, minio.StatObjectOptions{})
	if err != nil {
		return nil, 0, notFound(err)
	}
	left := max(info.Size-offset, 0)
	if length >= 0 {
		left = min(left, length)
	}
	if left == 0 {
		return http.NoBody, info.Size, nil
	}
	var options minio.GetObjectOptions
	if err := options.SetRange(offset, offset+left-1); err != nil {
		return nil, 0, err
	}
	body, _, _, err := s.core.GetObject(ctx, s.bucket, name, options)
	return body, info.Size, notFound(err)
}

// notFound turns the error of a missing object into files.ErrNotFound.
func notFound(err error) error {
	if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
		return files.ErrNotFound
	}
	return err
}

// Delete implements [files.Store].
func (s *Store) Delete(ctx context.Context, key string) error {
	name, err := s.name(key)
	if err != nil {
		return err
	}
	if err = notFound(s.core.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{})); errors.Is(err, files.ErrNotFound) {
		return nil
	}
	return err
}

// List implements [files.Store].
func (s *Store) List(ctx context.Context, each func(files.Blob) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return err
	}
	for object := range s.core.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix}) {
		if object.Err != nil {
			return object.Err
		}
		key := strings.TrimPrefix(object.Key, s.prefix)
		if !files.ValidKey(key) {
			continue
		}
		if err := each(files.Blob{Key: key, Size: object.Size, Stored: object.LastModified}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// name returns the name of a blob's object.
func (s *Store) name(key string) (string, error) {
	if !files.ValidKey(key) {
		return "", files.ErrKey
	}
	return s.prefix + key, nil
}
