#ifndef WARREN_ALLOCATION_COUNT_H
#define WARREN_ALLOCATION_COUNT_H

#include <stdbool.h>
#include <stdint.h>

/// Whether this process can count its allocations: with glibc, and without a sanitizer, which has an allocator of its own.
bool allocation_count_is_available(void);

/// Begins to count, or stops. Counting costs a few nanoseconds for each allocation.
void allocation_count_enable(bool enabled);

/// How many allocations there were while counting.
uint64_t allocation_count_read(void);

#endif
