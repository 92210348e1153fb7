// A runner that has the host hand over the whole spec, and scans it.
#include "solti.h"
#include "scan.h"

SOLTI_RUNNER("scan")

static unsigned char spec[4096];

int32_t supports(void) {
	int32_t len = solti_spec_get("", 0, spec, sizeof spec);
	return len > 0 && len <= (int32_t)sizeof spec && scan(spec, (unsigned)len);
}

int32_t build(void) { return SOLTI_OK; }
int32_t run(void) { return solti_success(""); }
