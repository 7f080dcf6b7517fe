// What Swift cannot say to libcurl itself: variadic setters, and a request body read from memory.
#ifndef CALLDESK_CCURL_H
#define CALLDESK_CCURL_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stddef.h>

// A request body.
typedef struct {
    const unsigned char *bytes;
    size_t size;
    size_t offset;
} ccurl_body;

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value);
CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode ccurl_set_error_buffer(CURL *handle, char *buffer);

// Makes each transfer upload what `body` holds by then; `body` must outlive the handle's use.
CURLcode ccurl_set_body(CURL *handle, ccurl_body *body);

// Ends a transfer within a second or so of the flag's being set, which any thread may do; `flag` must outlive the handle's use.
CURLcode ccurl_watch(CURL *handle, int *flag);
void ccurl_set_flag(int *flag, int value);

// How long a transfer may take until its body is read, and from then until its answer; milliseconds.
typedef struct {
    int *flag;
    const ccurl_body *body;
    long before;
    long after;
    // Monotonic; `whole` is 0 until the body has been read.
    long long begun;
    long long whole;
    int late;
} ccurl_patience;

// As `ccurl_watch` by its flag, and by its two limits; `patience` must outlive the handle's use.
CURLcode ccurl_watch_patience(CURL *handle, ccurl_patience *patience);
// To be called before each transfer.
void ccurl_begin_patience(ccurl_patience *patience);

// The beginning of the last reply that was a refusal (4xx, 5xx), as a mail server's line has it; no end of text.
typedef struct {
    unsigned char line[32];
    size_t size;
} ccurl_refusal;

// Makes each transfer note its refusal, which must outlive the handle's use; its owner clears it before each.
CURLcode ccurl_watch_refusal(CURL *handle, ccurl_refusal *refusal);

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

// Whether the head of an HTTP answer came to its end: its status counts from then on, whatever becomes of the rest.
typedef struct {
    CURL *handle;
    int is_whole;
} ccurl_head;

// Makes each transfer note its answer's head in `head`, which must outlive the handle's use; its owner clears it before each.
CURLcode ccurl_watch_head(CURL *handle, ccurl_head *head);

long ccurl_response_code(CURL *handle);

// Of the last transfer: whether a whole HTTP request with a body of so many bytes went out.
int ccurl_has_asked(CURL *handle, long long body);

// Nonzero when the last transfer could not use a kept connection.
long ccurl_new_connections(CURL *handle);

#endif
