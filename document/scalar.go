package document

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// isPlain says whether a scalar has neither quotes, nor a block, nor a tag: then its text decides what it is.
func isPlain(y *yaml.Node) bool {
	const styled = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle | yaml.TaggedStyle
	return y.Style&styled == 0 && y.Tag != "!"
}

// resolve is the kind and text of a scalar, or the problem why it has none.
func resolve(y *yaml.Node) (kind Kind, text, problem string) {
	if isPlain(y) {
		return resolvePlain(y.Value)
	}
	if y.Style&yaml.TaggedStyle == 0 || y.Tag == "!!str" {
		return String, y.Value, ""
	}
	kind, text, problem = resolvePlain(y.Value)
	fits := false
	switch y.Tag {
	case "!!null":
		fits = kind == Null
	case "!!bool":
		fits = kind == Bool
	case "!!float":
		fits = kind == Number
	case "!!int":
		fits = kind == Number && (!strings.ContainsAny(y.Value, ".eE") || strings.HasPrefix(y.Value, "0x"))
	default:
		return kind, "", "the tag " + quote(y.Tag) + " is not supported"
	}
	if !fits {
		return kind, "", "the value doesn't fit its tag " + y.Tag
	}
	return kind, text, problem
}

// resolvePlain is the kind and canonical text of a plain YAML scalar, by the core schema of YAML 1.2.2 (section 10.3.2): words such
// as yes and on, and dates, are strings. problem says why a
// scalar that is no string can't be written in JSON.
func resolvePlain(text string) (kind Kind, canonical, problem string) {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return Null, "", ""
	case "true", "True", "TRUE":
		return Bool, "true", ""
	case "false", "False", "FALSE":
		return Bool, "false", ""
	case ".nan", ".NaN", ".NAN":
		return Number, "", text + " has no form in JSON: quote it if it is text"
	}
	unsigned := strings.TrimLeft(text[:1], "+-") + text[1:]
	switch {
	case unsigned == ".inf" || unsigned == ".Inf" || unsigned == ".INF":
		return Number, "", text + " has no form in JSON: quote it if it is text"
	case isDigits(text, "0x", "0123456789abcdefABCDEF"), isDigits(text, "0o", "01234567"):
		i, err := strconv.ParseUint(text, 0, 64)
		if err != nil {
			return Number, "", "the number " + clip(text, maxQuote) + " is beyond 64 bits: quote it if it is text"
		}
		return Number, strconv.FormatUint(i, 10), ""
	case !isDecimal(unsigned):
		return String, text, ""
	}
	canonical, ok := canonicalNumber(jsonNumber(text[0] == '-', unsigned))
	if !ok {
		return Number, "", "the number " + clip(text, maxQuote) + " is beyond 64-bit floating point: quote it if it is text"
	}
	return Number, canonical, ""
}

// isDigits says whether text is prefix and then one or more of digits.
func isDigits(text, prefix, digits string) bool {
	rest, ok := strings.CutPrefix(text, prefix)
	return ok && rest != "" && strings.Trim(rest, digits) == ""
}

// isDecimal says whether text is ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?, the core schema's numbers
// without their sign.
func isDecimal(text string) bool {
	const digits = "0123456789"
	fraction := strings.TrimLeft(text, digits)
	whole := len(text) > len(fraction)
	exponent, point := strings.CutPrefix(fraction, ".")
	if point {
		fraction = exponent
		exponent = strings.TrimLeft(fraction, digits)
		whole = whole || len(fraction) > len(exponent)
	}
	if !whole {
		return false
	}
	if exponent == "" {
		return true
	}
	if exponent[0]|0x20 != 'e' {
		return false
	}
	exponent = exponent[1:]
	if exponent != "" && (exponent[0] == '+' || exponent[0] == '-') {
		exponent = exponent[1:]
	}
	return isDigits(exponent, "", digits)
}

// jsonNumber writes a decimal number of YAML as one of JSON: no leading zeros, a digit on each side of a point.
func jsonNumber(negative bool, unsigned string) string {
	whole, rest := unsigned, ""
	if i := strings.IndexAny(unsigned, ".eE"); i >= 0 {
		whole, rest = unsigned[:i], unsigned[i:]
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if negative {
		whole = "-" + whole
	}
	return whole + rest
}
