// The scan that the runner and the Extism plugin share: is the label runner=bench in the spec's bytes? It is the last
// label, so that nearly all of the spec is looked at.
#pragma once

static int scan(const unsigned char *spec, unsigned len) {
	static const char wanted[] = "\"runner\":\"bench\"";
	const unsigned n = sizeof wanted - 1;
	for (unsigned at = 0; at + n <= len; at++) {
		unsigned same = 0;
		while (same < n && spec[at + same] == (unsigned char)wanted[same])
			same++;
		if (same == n)
			return 1;
	}
	return 0;
}
