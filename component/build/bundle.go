package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// entries holds the modules that a page loads. index.js has nearly everything. define.js and react.js import it, and it
// imports e2ee.js in an encrypted chat.
var entries = []string{"index.js", "define.js", "react.js", cipherModule}

const cipherModule = "e2ee.js"

// ownProps matches properties that only the bundled modules use, so that the bundler may shorten their names: names that begin with
// _, as in the toolchain's file, except the two that the program uses, and some of ours that no browser object has.
const (
	ownProps     = `^_|^on(Event|Slow|Ready|Exit|Close)$|^(decoder|dispose|flush|kill|level|mount|watch)$`
	programProps = `^_(pendingEvent|makeFuncWrapper)$`
)

// bundle returns a file for each entry with everything that it imports, without comments and white space. The other entries
// import the element from index.js, which stays separate.
func bundle(modules []file) ([]file, error) {
	var files []file
	for _, entry := range entries {
		external := []string{"react", "@lit/react"}
		if entry != cipherModule {
			external = append(external, "./"+cipherModule)
		}
		if entry != "index.js" {
			external = append(external, "./index.js")
		}
		result := api.Build(api.BuildOptions{
			EntryPoints:       []string{"./" + entry},
			Bundle:            true,
			External:          external,
			Plugins:           []api.Plugin{inMemory(modules)},
			Outdir:            "/dist",
			Format:            api.FormatESModule,
			Target:            api.ES2022,
			Charset:           api.CharsetUTF8, // modules are always UTF-8
			MinifyIdentifiers: true,
			MinifySyntax:      true,
			MinifyWhitespace:  true,
			Sourcemap:         api.SourceMapLinked,
			LegalComments:     api.LegalCommentsNone,
			MangleProps:       ownProps,
			ReserveProps:      programProps,
		})
		if len(result.Errors) > 0 {
			return nil, errors.New(strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), ""))
		}
		for _, out := range result.OutputFiles {
			files = append(files, file{filepath.Base(out.Path), out.Contents})
		}
	}
	return files, nil
}

// inMemory lets esbuild read the modules, and no other files.
func inMemory(modules []file) api.Plugin {
	const namespace = "element"
	return api.Plugin{Name: namespace, Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: `^\./`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if slices.Contains(build.InitialOptions.External, args.Path) {
				return api.OnResolveResult{Path: args.Path, External: true}, nil
			}
			return api.OnResolveResult{Path: strings.TrimPrefix(args.Path, "./"), Namespace: namespace}, nil
		})
		load := api.OnLoadOptions{Filter: `.*`, Namespace: namespace}
		build.OnLoad(load, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			i := slices.IndexFunc(modules, func(f file) bool { return f.name == args.Path })
			if i < 0 {
				return api.OnLoadResult{}, fmt.Errorf("%s is imported but does not exist", args.Path)
			}
			source := string(modules[i].data)
			return api.OnLoadResult{Contents: &source, Loader: api.LoaderJS}, nil
		})
	}}
}
