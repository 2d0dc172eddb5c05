package markup

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The parameters of Punycode, RFC 3492, section 5.
const (
	punyBase, punyTMin, punyTMax = 36, 1, 26
	punySkew, punyDamp           = 38, 700
	punyBias, punyFirst          = 72, 0x80
	punyPrefix                   = "xn--"
)

// asciiLabel returns the form of a host's label in which a browser looks it up: in Punycode unless it is in ASCII.
func asciiLabel(label string) string {
	label = strings.Map(lookedUp, label)
	runes := []rune(label)
	out := make([]byte, 0, 2*len(label))
	for _, r := range runes {
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
		}
	}
	done := len(out)
	if done == len(runes) {
		return label
	}
	if done > 0 {
		out = append(out, '-')
	}
	next, delta, bias := rune(punyFirst), 0, punyBias
	basic := done
	for done < len(runes) {
		least := slices.MaxFunc(runes, func(a, b rune) int { return punyOrder(b, next) - punyOrder(a, next) })
		delta += int(least-next) * (done + 1)
		next = least
		for _, r := range runes {
			if r < next {
				delta++
			}
			if r == next {
				out = appendPuny(out, delta, bias)
				bias = punyAdapt(delta, done+1, done == basic)
				delta = 0
				done++
			}
		}
		delta++
		next++
	}
	return punyPrefix + string(out)
}

// lookedUp returns the form of a host's letter in which a browser looks it up: the small letter, but in Cherokee the
// capital, which is older.
func lookedUp(r rune) rune {
	if 0x13A0 <= r && r <= 0x13F5 {
		return r
	}
	return unicode.ToLower(r)
}

// punyOrder compares characters. Encoded ones come after all others.
func punyOrder(r, next rune) int {
	if r < next {
		return utf8.MaxRune + 1
	}
	return int(r)
}

// appendPuny appends a number with digits of a variable base.
func appendPuny(out []byte, n, bias int) []byte {
	const digits = "abcdefghijklmnopqrstuvwxyz0123456789"
	for k := punyBase; ; k += punyBase {
		t := min(max(k-bias, punyTMin), punyTMax)
		if n < t {
			return append(out, digits[n])
		}
		out = append(out, digits[t+(n-t)%(punyBase-t)])
		n = (n - t) / (punyBase - t)
	}
}

// punyAdapt returns the next bias.
func punyAdapt(delta, points int, first bool) int {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for ; delta > (punyBase-punyTMin)*punyTMax/2; k += punyBase {
		delta /= punyBase - punyTMin
	}
	return k + (punyBase-punyTMin+1)*delta/(delta+punySkew)
}
