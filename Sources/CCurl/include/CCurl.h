// What Swift cannot say to libcurl itself: variadic setters, and a request body read from memory.
#ifndef CALLDESK_CCURL_H
#define CALLDESK_CCURL_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stddef.h>

// A request body, and a flag by which another thread can end the transfer.
typedef struct {
    const unsigned char *bytes;
    size_t size;
    size_t offset;
    int stop;
} ccurl_body;

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value);
CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode ccurl_set_error_buffer(CURL *handle, char *buffer);

// Makes the transfer upload `body`, which must outlive it, and watch its `stop` flag.
CURLcode ccurl_set_body(CURL *handle, ccurl_body *body);

// Throws away whatever the peer sends as content.
CURLcode ccurl_drop_content(CURL *handle);

// What a peer sends as content, up to `limit` bytes; `bytes` is malloc's, and the owner's to free.
typedef struct {
    unsigned char *bytes;
    size_t size;
    size_t room;
    size_t limit;
    int overflowed;
    int stop;
} ccurl_content;

// Makes the transfer collect its content in `content`, which must outlive it; more than its limit ends the transfer.
CURLcode ccurl_collect(CURL *handle, ccurl_content *content);

// Ends the transfer that fills `content` within a second or so; may be called from any thread.
void ccurl_stop_content(ccurl_content *content);

// Ends the transfer that uses `body` within a second or so; may be called from any thread.
void ccurl_stop(ccurl_body *body);

long ccurl_response_code(CURL *handle);

// Nonzero when the last transfer could not use a kept connection.
long ccurl_new_connections(CURL *handle);

#endif
