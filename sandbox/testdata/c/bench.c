// Loops and calls of many kinds, for the benchmarks of the meter. Each returns something that depends on all its work.
//
//	clang --target=wasm32 -O2 -mbulk-memory -c -o bench.o bench.c
//	wasm-ld --no-entry --strip-all -o bench.wasm bench.o
#define EXPORT(name) __attribute__((export_name(name)))
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned char u8;

static u8 bytes[1 << 20];
static u8 other[1 << 20];
static u32 words[1 << 16];
static double a[64][64], b[64][64], c[64][64];

EXPORT("nop") int nop(void) { return 1; }

// Three instructions a turn.
EXPORT("loop") u32 loop(u32 n) {
  u32 s = 0;
  for (u32 i = 0; i < n; i++) { s ^= i; __asm__ volatile("" : "+r"(s)); }
  return s;
}

EXPORT("xorshift") u32 xorshift(u32 n) {
  u32 x = 2463534242u;
  for (u32 i = 0; i < n; i++) { x ^= x << 13; x ^= x >> 17; x ^= x << 5; }
  return x;
}

EXPORT("scan") u32 scan(u32 n) {
  u32 found = 0;
  for (u32 i = 0; i < n; i++) found += bytes[i & 0xfffff] == '"' || bytes[i & 0xfffff] == '\\';
  return found;
}

EXPORT("strlen") u32 string_length(u32 n) {
  for (u32 i = 0; i < n; i++) bytes[i] = 'x';
  bytes[n] = 0;
  u32 sum = 0;
  for (u32 k = 0; k < 8; k++) {
    const volatile u8 *p = bytes;
    while (*p) p++;
    sum += p - bytes;
  }
  return sum;
}

EXPORT("bytecopy") u32 bytecopy(u32 n) {
  volatile u8 *to = other;
  for (u32 i = 0; i < n; i++) to[i & 0xfffff] = bytes[i & 0xfffff] + 1;
  return other[n & 0xfffff];
}

EXPORT("matmul") double matmul(u32 rounds) {
  for (u32 i = 0; i < 64; i++) for (u32 j = 0; j < 64; j++) { a[i][j] = i + j; b[i][j] = i - j; }
  for (; rounds; rounds--)
    for (u32 i = 0; i < 64; i++)
      for (u32 j = 0; j < 64; j++) {
        double s = 0;
        for (u32 k = 0; k < 64; k++) s += a[i][k] * b[k][j];
        c[i][j] = s;
      }
  return c[13][17];
}

__attribute__((noinline)) static u32 fib_of(u32 n) { return n < 2 ? n : fib_of(n - 1) + fib_of(n - 2); }
EXPORT("fib") u32 fib(u32 n) { return fib_of(n); }

static u32 rotate(u32 x, u32 n) { return x >> n | x << (32 - n); }
EXPORT("sha") u32 sha(u32 blocks) {
  u32 h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for (; blocks; blocks--) {
    u32 w[64];
    for (u32 i = 0; i < 16; i++) w[i] = words[(blocks * 16 + i) & 0xffff] + i;
    for (u32 i = 16; i < 64; i++)
      w[i] = w[i - 16] + (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] +
             (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
    u32 v[8];
    for (u32 i = 0; i < 8; i++) v[i] = h[i];
    for (u32 i = 0; i < 64; i++) {
      u32 t1 = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + w[i] + i * 0x428a2f98;
      u32 t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
      for (u32 j = 7; j; j--) v[j] = v[j - 1];
      v[4] += t1;
      v[0] = t1 + t2;
    }
    for (u32 i = 0; i < 8; i++) h[i] += v[i];
  }
  return h[0];
}

EXPORT("sieve") u32 sieve(u32 n) {
  for (u32 i = 0; i < n; i++) bytes[i] = 1;
  u32 primes = 0;
  for (u32 i = 2; i < n; i++) {
    if (!bytes[i]) continue;
    primes++;
    for (u32 j = i + i; j < n; j += i) bytes[j] = 0;
  }
  return primes;
}

// A byte-code interpreter.
EXPORT("vm") u32 vm(u32 n) {
  static const u8 program[] = {0, 1, 2, 3, 1, 4, 5, 2, 6};
  u32 acc = 1, x = 7, pc = 0;
  while (n) {
    switch (program[pc++]) {
    case 0: acc += x; break;
    case 1: acc ^= acc << 3; break;
    case 2: x = x * 5 + 1; break;
    case 3: acc -= x >> 2; break;
    case 4: words[acc & 0xff] = acc; break;
    case 5: acc += words[x & 0xff]; break;
    case 6: pc = 0; n--; break;
    }
  }
  return acc;
}

static void sort(u32 *v, int lo, int hi) {
  while (lo < hi) {
    u32 pivot = v[(lo + hi) / 2];
    int i = lo, j = hi;
    while (i <= j) {
      while (v[i] < pivot) i++;
      while (v[j] > pivot) j--;
      if (i <= j) { u32 t = v[i]; v[i++] = v[j]; v[j--] = t; }
    }
    if (j - lo < hi - i) { sort(v, lo, j); lo = i; } else { sort(v, i, hi); hi = j; }
  }
}
EXPORT("qsort") u32 quicksort(u32 n) {
  u32 x = 1;
  for (u32 i = 0; i < n; i++) words[i] = x = x * 1664525 + 1013904223;
  sort(words, 0, n - 1);
  return words[n / 2];
}

EXPORT("copysmall") u32 copysmall(u32 n) {
  for (u32 i = 0; i < n; i++) __builtin_memcpy(other + (i & 0xffff), bytes + (i * 7 & 0xffff), (i & 63) + 1);
  return other[n & 0xffff];
}

EXPORT("copybig") u32 copybig(u32 n) {
  for (u32 i = 0; i < n; i++) { bytes[i] = i; __builtin_memcpy(other, bytes, sizeof bytes - (i & 7)); }
  return other[n - 1];
}

EXPORT("crc") u32 crc(u32 n) {
  static u32 table[256];
  for (u32 i = 0; i < 256; i++) {
    u32 x = i;
    for (u32 k = 0; k < 8; k++) x = x & 1 ? x >> 1 ^ 0xedb88320 : x >> 1;
    table[i] = x;
  }
  u32 sum = ~0u;
  for (u32 i = 0; i < n; i++) sum = sum >> 8 ^ table[(sum ^ bytes[i & 0xfffff]) & 0xff];
  return ~sum;
}

EXPORT("mandelbrot") u32 mandelbrot(u32 size) {
  u32 inside = 0;
  for (u32 y = 0; y < size; y++)
    for (u32 x = 0; x < size; x++) {
      double cr = 3.0 * x / size - 2, ci = 2.0 * y / size - 1, r = 0, i = 0;
      u32 k = 0;
      for (; k < 50 && r * r + i * i < 4; k++) { double t = r * r - i * i + cr; i = 2 * r * i + ci; r = t; }
      inside += k == 50;
    }
  return inside;
}

EXPORT("hash") u32 hash(u32 n) {
  for (u32 i = 0; i < 1 << 16; i++) words[i] = 0;
  u32 probes = 0;
  for (u32 i = 1; i <= n; i++) {
    u32 slot = i * 2654435769u >> 16;
    while (words[slot]) { slot = (slot + 1) & 0xffff; probes++; }
    words[slot] = i;
  }
  return probes;
}

// Indirect calls of small functions.
static u32 add(u32 x, u32 y) { return x + y; }
static u32 sub(u32 x, u32 y) { return x - y; }
static u32 mix(u32 x, u32 y) { return (x ^ y) * 31; }
EXPORT("indirect") u32 indirect(u32 n) {
  static u32 (*const volatile table[])(u32, u32) = {add, sub, mix, add};
  u32 x = 1;
  for (u32 i = 0; i < n; i++) x = table[i & 3](x, i);
  return x;
}

// Dependent loads all over memory.
EXPORT("chase") u32 chase(u32 n) {
  for (u32 i = 0; i < 1 << 16; i++) words[i] = (i * 40503 + 12345) & 0xffff;
  u32 p = 0;
  for (u32 i = 0; i < n; i++) p = words[p];
  return p;
}
