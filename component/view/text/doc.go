// Package text holds the chat's texts in every language: words, plurals, numbers, times and the
// names of people. [Texts] is the main type; [For] returns the texts of a language tag.
//
// To add a word, name it in words.go, write it into the file of each language (english.txt and its
// like) and list it in component/element/index.d.ts. To add a language, write its file and its plural
// rule, and add both to languages.
//
// Numbers, times and comparisons come from the browser, through a [Clock]: only the browser knows
// the customs of a region.
//
// # What this package must not know
//
// The places at which texts are shown.
package text
