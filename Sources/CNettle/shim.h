#pragma once

#include <nettle/hmac.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <nettle/version.h>

// Nettle's functions go by macros, which Swift does not import; and their last one lost a parameter in version 4.

static inline void warren_hmac_sha256_set_key(struct hmac_sha256_ctx *context, size_t length, const uint8_t *key) {
    hmac_sha256_set_key(context, length, key);
}

static inline void warren_hmac_sha256_update(struct hmac_sha256_ctx *context, size_t length, const uint8_t *bytes) {
    hmac_sha256_update(context, length, bytes);
}

// Writes 32 bytes.
static inline void warren_hmac_sha256_digest(struct hmac_sha256_ctx *context, uint8_t *digest) {
#if NETTLE_VERSION_MAJOR >= 4
    hmac_sha256_digest(context, digest);
#else
    hmac_sha256_digest(context, SHA256_DIGEST_SIZE, digest);
#endif
}

// Writes 20 bytes.
static inline void warren_sha1(size_t length, const uint8_t *bytes, uint8_t *digest) {
    struct sha1_ctx context;
    sha1_init(&context);
    sha1_update(&context, length, bytes);
#if NETTLE_VERSION_MAJOR >= 4
    sha1_digest(&context, digest);
#else
    sha1_digest(&context, SHA1_DIGEST_SIZE, digest);
#endif
}

static inline void warren_sha256_init(struct sha256_ctx *context) {
    sha256_init(context);
}

static inline void warren_sha256_update(struct sha256_ctx *context, size_t length, const uint8_t *bytes) {
    sha256_update(context, length, bytes);
}

// Writes 32 bytes.
static inline void warren_sha256_digest(struct sha256_ctx *context, uint8_t *digest) {
#if NETTLE_VERSION_MAJOR >= 4
    sha256_digest(context, digest);
#else
    sha256_digest(context, SHA256_DIGEST_SIZE, digest);
#endif
}
