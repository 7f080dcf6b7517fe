#include "CCurl.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

static size_t read_body(char *into, size_t size, size_t count, void *context) {
    ccurl_body *body = context;
    size_t room = size * count;
    size_t left = body->size - body->offset;
    size_t part = left < room ? left : room;
    memcpy(into, body->bytes + body->offset, part);
    body->offset += part;
    return part;
}

// libcurl rewinds when a kept connection turns out to be dead and the request goes out again.
static int seek_body(void *context, curl_off_t offset, int origin) {
    ccurl_body *body = context;
    if (origin != SEEK_SET || offset < 0 || (size_t)offset > body->size) return CURL_SEEKFUNC_FAIL;
    body->offset = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

static int watch_flag(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
    (void)a, (void)b, (void)c, (void)d;
    return __atomic_load_n((int *)context, __ATOMIC_ACQUIRE);
}

static size_t drop(char *from, size_t size, size_t count, void *context) {
    (void)from, (void)context;
    return size * count;
}

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode ccurl_set_error_buffer(CURL *handle, char *buffer) {
    return curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, buffer);
}

CURLcode ccurl_set_body(CURL *handle, ccurl_body *body) {
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, read_body);
    curl_easy_setopt(handle, CURLOPT_READDATA, body);
    curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, seek_body);
    return curl_easy_setopt(handle, CURLOPT_SEEKDATA, body);
}

CURLcode ccurl_watch(CURL *handle, int *flag) {
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watch_flag);
    return curl_easy_setopt(handle, CURLOPT_XFERINFODATA, flag);
}

static long long now_in_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int watch_patience(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
    (void)a, (void)b, (void)c, (void)d;
    ccurl_patience *patience = context;
    if (__atomic_load_n(patience->flag, __ATOMIC_ACQUIRE)) return 1;
    const ccurl_body *body = patience->body;
    long long now = now_in_milliseconds();
    if (body->size > 0 && body->offset == body->size) {
        if (!patience->whole) patience->whole = now;
        if (now - patience->whole >= patience->after) patience->late = 1;
    } else if (now - patience->begun >= patience->before) {
        patience->late = 1;
    }
    // It stays so: what libcurl says to a server on leaving is not waited for either.
    return patience->late;
}

CURLcode ccurl_watch_patience(CURL *handle, ccurl_patience *patience) {
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watch_patience);
    return curl_easy_setopt(handle, CURLOPT_XFERINFODATA, patience);
}

void ccurl_begin_patience(ccurl_patience *patience) {
    patience->begun = now_in_milliseconds();
    patience->whole = 0;
    patience->late = 0;
}

void ccurl_set_flag(int *flag, int value) {
    __atomic_store_n(flag, value, __ATOMIC_RELEASE);
}

// libcurl hands over a reply a line at a time. What a server says on our leaving is no refusal.
static size_t watch_refusal(char *line, size_t size, size_t count, void *context) {
    ccurl_refusal *refusal = context;
    size_t length = size * count;
    if (length > 3 && (line[0] == '4' || line[0] == '5')) {
        refusal->size = length < sizeof refusal->line ? length : sizeof refusal->line;
        memcpy(refusal->line, line, refusal->size);
    }
    return length;
}

CURLcode ccurl_watch_refusal(CURL *handle, ccurl_refusal *refusal) {
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, watch_refusal);
    return curl_easy_setopt(handle, CURLOPT_HEADERDATA, refusal);
}

CURLcode ccurl_drop_content(CURL *handle) {
    return curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, drop);
}

static size_t collect(char *from, size_t size, size_t count, void *context) {
    ccurl_content *content = context;
    size_t part = size * count;
    if (part > content->limit - content->size) {
        content->overflowed = 1;
        return CURL_WRITEFUNC_ERROR;
    }
    if (part > content->room - content->size) {
        size_t room = content->room ? content->room : 16384;
        while (room - content->size < part) room *= 2;
        unsigned char *bytes = realloc(content->bytes, room);
        if (!bytes) return CURL_WRITEFUNC_ERROR;
        content->bytes = bytes;
        content->room = room;
    }
    memcpy(content->bytes + content->size, from, part);
    content->size += part;
    return part;
}

CURLcode ccurl_collect(CURL *handle, ccurl_content *content) {
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, content);
    return ccurl_watch(handle, &content->stop);
}

void ccurl_stop_content(ccurl_content *content) {
    ccurl_set_flag(&content->stop, 1);
}

// libcurl hands over a line at a time; an empty one ends a head. Heads below 200 go before the answer's own (RFC 9110 15.2).
static size_t watch_head(char *line, size_t size, size_t count, void *context) {
    ccurl_head *head = context;
    size_t length = size * count;
    if (length > 5 && memcmp(line, "HTTP/", 5) == 0) {
        head->is_whole = 0;
    } else if (length <= 2 && (length == 0 || line[0] == '\r' || line[0] == '\n')) {
        long code = 0;
        curl_easy_getinfo(head->handle, CURLINFO_RESPONSE_CODE, &code);
        head->is_whole = code >= 200;
    }
    return length;
}

CURLcode ccurl_watch_head(CURL *handle, ccurl_head *head) {
    head->handle = handle;
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, watch_head);
    return curl_easy_setopt(handle, CURLOPT_HEADERDATA, head);
}

long ccurl_response_code(CURL *handle) {
    long code = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

int ccurl_has_asked(CURL *handle, long long body) {
    long head = 0;
    curl_off_t sent = 0;
    curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &head);
    curl_easy_getinfo(handle, CURLINFO_SIZE_UPLOAD_T, &sent);
    return head > 0 && sent >= body;
}

long ccurl_new_connections(CURL *handle) {
    long count = 0;
    curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &count);
    return count;
}
