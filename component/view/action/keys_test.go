package action

import "testing"

func TestCommandKey(t *testing.T) {
	for _, tc := range []struct {
		key, code string
		shift     bool
		want      string
	}{
		{"r", "KeyR", false, "r"},
		{"R", "KeyR", true, "r"},
		{"к", "KeyR", false, "r"}, // Russian
		{"К", "KeyR", true, "r"},
		{"ق", "KeyR", false, "r"}, // Arabic
		{"у", "KeyE", false, "e"},
		{"ث", "KeyE", false, "e"},
		{"r", "KeyO", false, "r"}, // Dvorak: the key for R
		{"p", "KeyR", false, "r"}, // Dvorak: the key at the position of R on other keyboards
		{"r", "", false, "r"},
		{"x", "KeyX", false, "x"},
		{"Enter", "Enter", false, "enter"},
		{"Delete", "Delete", false, "delete"},
		{"Dead", "KeyE", false, "dead"},
		{"Process", "KeyR", false, "process"},
		{"+", "Equal", true, "+"},
		{"?", "Minus", true, "?"}, // German
		{"/", "Digit7", true, "/"},
		{"ظ", "Slash", false, "/"},
		{"؟", "Slash", true, "?"},
		{"-", "Slash", false, "-"}, // German
		{".", "Slash", false, "."}, // Russian
		{"لا", "KeyB", false, "لا"},
		{"", "", false, ""},
	} {
		if got := CommandKey(tc.key, tc.code, tc.shift); got != tc.want {
			t.Errorf("commandKey(%q, %q, %v) = %q, want %q", tc.key, tc.code, tc.shift, got, tc.want)
		}
	}
}
