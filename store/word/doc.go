// Package word defines the words of a text for a search: [Index] returns the terms by which a text is found, [Parse]
// the terms that a query asks for. Both use one folder and one scanner, so that a copied piece of a text finds the
// text.
//
// # Folding
//
// A text is folded first: compatibility forms (full width, ligatures, half-width kana, circled numbers) become plain
// ones, case and accents are removed, letters with strokes lose them, katakana becomes hiragana, digits of all
// scripts become 0 to 9, and invisible characters are dropped. Marks that carry a vowel or join letters (in the
// scripts of India and of South-East Asia) stay.
//
// # Terms
//
// A chunk is the text between two white spaces. It is a row of terms: runs of letters, runs of digits, and single
// symbols. Scripts that are written without spaces (Chinese, Japanese, Thai, Khmer …), and Korean, where endings are
// attached to words, give overlapping pairs of characters, and the last character of a run by itself: any stretch of
// them is a phrase of pairs, or the beginning of one.
//
// Besides the row, in any order, a text has:
//
//   - the punctuation at the ends of chunks, which therefore separates nothing;
//   - the beginnings of its words, one letter and two, as separate terms, because collecting all words with so short a
//     prefix would be slow;
//   - the ends of long words from each of their letters on, so that a part of a compound is the beginning of such an end;
//   - words without the hyphens, apostrophes and dots inside of them ("email" for "e-mail"), with "ae" for "ä" and the
//     like, and without the prefixes of Arabic and Hebrew words (articles, "and", "in").
//
// # Where to add something
//
// A character that should compare like another belongs in plain.go, a prefix of words in stem.go, a new kind of term
// in [Index] and in the alternatives of a query (query.go). Then raise [Version].
//
// # What this package must not know
//
// Databases. The terms contain no ASCII characters but lower-case letters, digits and, between them, spaces, so that a
// plain tokenizer keeps them.
package word

// Version changes with the terms that Index makes of some text: an index of another version must be made anew.
const Version = 1
