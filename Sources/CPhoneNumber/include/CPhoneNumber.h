#ifndef CALLDESK_CPHONENUMBER_H
#define CALLDESK_CPHONENUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What kind of line a number is, as libphonenumber tells it.
enum cpn_kind {
    CPN_KIND_UNKNOWN = 0,
    CPN_KIND_FIXED = 1,
    CPN_KIND_MOBILE = 2,
    CPN_KIND_FIXED_OR_MOBILE = 3,
    CPN_KIND_TOLL_FREE = 4,
    CPN_KIND_NON_GEOGRAPHIC = 5
};

/// One number as read by libphonenumber; all text is NUL-terminated ASCII or UTF-8.
///
/// E.164 has 15 digits at the most; the longest international spelling the library writes is well under 63 bytes.
struct cpn_number {
    int32_t country_code;
    int32_t kind;
    bool is_valid;
    char region[8];
    char e164[24];
    char international[64];
    char national[64];
};

/// Reads `length` bytes of UTF-8 as a number dialled in `region` (two letters, NUL-terminated).
///
/// Returns false, leaving `number` zeroed, when the text is no number, a spelling does not fit, or the library fails.
/// No C++ exception leaves this function; it may be called from any thread.
bool cpn_read(const char *text, size_t length, const char *region, struct cpn_number *number);

#ifdef __cplusplus
}
#endif

#endif
