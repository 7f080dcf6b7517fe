// What Swift cannot say to zlib itself: its way in is a macro.
#ifndef CALLDESK_CZLIB_SHIM_H
#define CALLDESK_CZLIB_SHIM_H

#include <limits.h>
#include <stddef.h>
#include <zlib.h>

// `from` as one gzip file (RFC 1952) in `to`, as small as zlib makes it; how many bytes it took, 0 when there is no room for
// it or no memory.
static inline size_t czlib_gzip(const unsigned char *from, size_t count, unsigned char *to, size_t room) {
    z_stream stream = {0};
    if (count > UINT_MAX || room > UINT_MAX) return 0;
    // 15 bits of window, the most there is, and 16 for gzip's frame.
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (z_const Bytef *)from;
    stream.avail_in = (uInt)count;
    stream.next_out = to;
    stream.avail_out = (uInt)room;
    int outcome = deflate(&stream, Z_FINISH);
    size_t written = stream.total_out;
    deflateEnd(&stream);
    return outcome == Z_STREAM_END ? written : 0;
}

#endif
