// Package text holds the chat's texts in every language: words, plurals, numbers, times and the
// names of people. [Texts] is the main type; [For] returns the texts of a language tag.
//
// To add a word, name it in words.go, write it into the file of each language (english.txt and the others)
// and list it in component/element/index.d.ts. To add a language, write its file and its plural
// rule, and add both to languages.
//
// A [Clock] formats numbers and times and compares words. It asks the browser, which knows the customs of a
// region.
//
// # What this package must not know
//
// Where a text is shown.
package text
