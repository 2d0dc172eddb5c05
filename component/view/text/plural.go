package text

// plural names the form of a word for a number of things.
type plural string

// The forms, as the Unicode CLDR names them.
const (
	pluralZero  plural = "zero"
	pluralOne   plural = "one"
	pluralTwo   plural = "two"
	pluralFew   plural = "few"
	pluralMany  plural = "many"
	pluralOther plural = "other"
)

// The cardinal rules for whole numbers, from the Unicode CLDR, "Language Plural
// Rules" (https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html).

func pluralEnglish(n int) plural { // and German
	if n == 1 {
		return pluralOne
	}
	return pluralOther
}

func pluralFrench(n int) plural {
	switch {
	case n == 0 || n == 1:
		return pluralOne
	case n%1_000_000 == 0:
		return pluralMany
	}
	return pluralOther
}

func pluralArabic(n int) plural {
	switch {
	case n == 0:
		return pluralZero
	case n == 1:
		return pluralOne
	case n == 2:
		return pluralTwo
	case n%100 >= 3 && n%100 <= 10:
		return pluralFew
	case n%100 >= 11:
		return pluralMany
	}
	return pluralOther
}
