// An example of a runner in C: it takes the kind "checksum", computes the SHA-256 (FIPS 180-4) of a text, and fails if it
// is not the expected one.
#include "solti.h"

SOLTI_RUNNER("checksum")

#define KIND "/kind/checksum"

enum { LARGEST = 1 << 16, HEX = 64 };
static char text[LARGEST + 1], expected[HEX + 1];

int32_t supports(void) { return solti_has(SOLTI_SPEC, KIND); }

// read_expected reads what the checksum should be, into expected: 0 bytes if the task doesn't say. It tells whether that
// is a checksum.
static bool read_expected(void) {
	int32_t len = solti_text(SOLTI_SPEC, KIND "/expected", expected, sizeof expected);
	for (int32_t i = 0; i < len && i < HEX; i++)
		if (!(expected[i] >= '0' && expected[i] <= '9') && !(expected[i] >= 'a' && expected[i] <= 'f'))
			return false;
	return len == SOLTI_NO_VALUE || len == HEX;
}

int32_t build(void) {
	int32_t len = solti_get(SOLTI_SPEC, KIND "/text", 0, 0);
	if (len < 0)
		return solti_missing(KIND "/text");
	if (len > LARGEST)
		return solti_invalid(KIND "/text: longer than 65,536 bytes, which is what this runner has room for");
	if (!read_expected())
		return solti_invalid(KIND "/expected: expected 64 hexadecimal digits in lower case");
	return SOLTI_OK;
}

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

static const uint32_t K[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static void block(uint32_t state[8], const uint8_t *data) {
	uint32_t w[64], s[8];
	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)data[4 * i] << 24 | (uint32_t)data[4 * i + 1] << 16 | (uint32_t)data[4 * i + 2] << 8 | data[4 * i + 3];
	for (int i = 16; i < 64; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];
		w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
	for (int i = 0; i < 8; i++)
		s[i] = state[i];
	for (int i = 0; i < 64; i++) {
		uint32_t one = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[i] + w[i];
		uint32_t two = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		for (int j = 7; j > 0; j--)
			s[j] = s[j - 1];
		s[4] += one;
		s[0] = one + two;
	}
	for (int i = 0; i < 8; i++)
		state[i] += s[i];
}

// sha256 writes the checksum of data in hexadecimal digits to hex.
static void sha256(const char *data, uint32_t len, struct solti_writer *hex) {
	static const char digits[] = "0123456789abcdef";
	uint32_t state[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};
	uint8_t last[128] = {0};
	uint32_t done = len / 64 * 64, rest = len - done, size = rest < 56 ? 64 : 128;
	for (uint32_t at = 0; at < done; at += 64)
		block(state, (const uint8_t *)data + at);
	for (uint32_t i = 0; i < rest; i++)
		last[i] = (uint8_t)data[done + i];
	last[rest] = 0x80;
	for (int i = 0; i < 8; i++)
		last[size - 1 - i] = (uint8_t)((uint64_t)len * 8 >> 8 * i);
	for (uint32_t at = 0; at < size; at += 64)
		block(state, last + at);
	for (int i = 0; i < HEX; i++)
		solti_put_bytes(hex, &digits[state[i / 8] >> (28 - i % 8 * 4) & 15], 1);
}

int32_t run(void) {
	char sum[HEX + 1], message[256];
	struct solti_writer hex = solti_write_to(sum, sizeof sum), m = solti_write_to(message, sizeof message);
	int32_t len = solti_text(SOLTI_SPEC, KIND "/text", text, sizeof text);
	if (len < 0 || len > LARGEST || !read_expected())
		return solti_fatal("the task is not one that build would have made");
	sha256(text, (uint32_t)len, &hex);
	if (!expected[0] || solti_equal(sum, expected))
		return solti_success(sum);
	solti_put(&m, "the text has the checksum ");
	solti_put(&m, sum);
	solti_put(&m, ", not ");
	solti_put(&m, expected);
	return solti_fatal(message);
}
