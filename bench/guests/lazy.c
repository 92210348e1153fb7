// A runner that reads two fields of the spec and compares them.
#include "solti.h"

SOLTI_RUNNER("lazy")

// is tells whether the string at a pointer is the wanted one.
static int is(const char *pointer, uint32_t len, const char *wanted, int32_t wanted_len) {
	char text[64];
	if (solti_spec_get(pointer, len, text, sizeof text) != wanted_len)
		return 0;
	for (int32_t i = 0; i < wanted_len; i++)
		if (text[i] != wanted[i])
			return 0;
	return 1;
}

#define IS(pointer, wanted) is(pointer, sizeof pointer - 1, wanted, sizeof wanted - 1)

int32_t supports(void) { return IS("/kind/subprocess/mode/command/command", "/usr/bin/rsync") && IS("/labels/runner", "bench"); }
int32_t build(void) { return SOLTI_OK; }
int32_t run(void) { return solti_success(""); }
