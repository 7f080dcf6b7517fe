// What Swift cannot say to GMime itself: GObject's casts, and where in the bytes read a part's content lies.
#ifndef CALLDESK_CGMIME_SHIM_H
#define CALLDESK_CGMIME_SHIM_H

#include <gmime/gmime.h>
#include <stdbool.h>
#include <stddef.h>

// One part of a form: its name and file name as the library reads them (NULL when there is none; gone when the callback
// returns), where its content lies in the bytes given, and whether the content is written otherwise than as it is.
typedef struct {
    const char *name;
    const char *file_name;
    size_t start;
    size_t end;
    bool encoded;
} cgmime_part;

typedef void (*cgmime_take)(void *context, cgmime_part part);

static inline void cgmime_form_part(GMimeObject *object, void *context, cgmime_take take) {
    cgmime_part part = {
        g_mime_object_get_content_disposition_parameter(object, "name"),
        g_mime_object_get_content_disposition_parameter(object, "filename"),
        0, 0, true,
    };
    if (GMIME_IS_PART(object)) {
        GMimeContentEncoding encoding = g_mime_part_get_content_encoding(GMIME_PART(object));
        GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(object));
        GMimeStream *stream = content ? g_mime_data_wrapper_get_stream(content) : NULL;
        part.start = stream ? (size_t)stream->bound_start : 0;
        part.end = stream ? (size_t)stream->bound_end : 0;
        part.encoded = encoding > GMIME_CONTENT_ENCODING_BINARY;
    }
    take(context, part);
}

// Reads `bytes`, a multipart entity with its own header before it, and hands each of its parts to `take`, in order.
// False when it is no multipart entity. The bytes are only read, and not kept.
static inline bool cgmime_form(const unsigned char *bytes, size_t size, void *context, cgmime_take take) {
    GByteArray *array = g_byte_array_new_take((guint8 *)bytes, size);
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(array);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    // Contents stay where they are: each part knows its place in the stream.
    g_mime_parser_set_persist_stream(parser, TRUE);
    GMimeObject *whole = g_mime_parser_construct_part(parser, NULL);
    bool is_form = whole && GMIME_IS_MULTIPART(whole);
    for (int index = 0; is_form && index < g_mime_multipart_get_count(GMIME_MULTIPART(whole)); index++) {
        cgmime_form_part(g_mime_multipart_get_part(GMIME_MULTIPART(whole), index), context, take);
    }
    if (whole) g_object_unref(whole);
    g_object_unref(parser);
    g_object_unref(stream);
    // The bytes are the caller's: only what was put around them goes.
    g_byte_array_free(array, FALSE);
    return is_form;
}

#endif
