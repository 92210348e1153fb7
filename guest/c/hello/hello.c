#include "solti.h"
SOLTI_RUNNER("hello")
int32_t supports(void) { return solti_has(SOLTI_SPEC, "/kind/hello"); }
int32_t build(void) { return SOLTI_OK; }
int32_t run(void) { return solti_success("hello, world"); }
