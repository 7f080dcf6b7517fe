// What handing SMS to Kannel costs at the least, and how fast Kannel takes them: one thread and epoll, which asks over
// CONNECTIONS kept connections, one message at a time on each, and says yes to the delivery reports that come back.
// reference-messenger PORT COUNT prints, once every report is there, messages a second and what each took of the processor.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 32, MOST = 4096, ROOM = 4096 };

static struct { int asks; size_t held; char bytes[ROOM]; } peers[MOST];
static int queue, reports_port;
static long wanted, asked, taken, refused, reported;

static double seconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void watch(int peer, int asks) {
    int one = 1;
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    peers[peer].asks = asks;
    peers[peer].held = 0;
    struct epoll_event wish = {.events = EPOLLIN, .data.fd = peer};
    epoll_ctl(queue, EPOLL_CTL_ADD, peer, &wish);
}

static void ask(int peer) {
    if (asked == wanted) return;
    char text[1024];
    int length = snprintf(text, sizeof text,
        "GET /cgi-bin/sendsms?username=lab&password=lab&to=%%2B5511987654321&text=Padaria%%20Exemplo%%3A%%20Chamado%%202026-%06ld"
        "%%20aberto.%%20Protocolo%%2020261126%06ld-4%%20http%%3A%%2F%%2F127.0.0.1%%2Ft%%2F0123456789012345678901234567890123456789012"
        "&charset=UTF-8&coding=0&dlr-mask=19&dlr-url=http%%3A%%2F%%2F127.0.0.1%%3A%d%%2F%%3Fnotice%%3D%ld%%26status%%3D%%25d HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\n\r\n", asked, asked, reports_port, asked);
    asked++;
    if (send(peer, text, (size_t)length, MSG_NOSIGNAL) != length) exit(1);
}

// The length of the first whole message among the bytes held, 0 as long as there is none.
static size_t whole(const char *bytes, size_t size) {
    const char *end = memmem(bytes, size, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t head = (size_t)(end - bytes) + 4, body = 0;
    for (const char *line = bytes; line < end;) {
        if ((size_t)(end - line) > 15 && strncasecmp(line, "content-length:", 15) == 0) body = strtoul(line + 15, NULL, 10);
        line = memmem(line, (size_t)(end + 2 - line), "\r\n", 2);
        if (!line) break;
        line += 2;
    }
    return head + body <= size ? head + body : 0;
}

static void hear(int peer) {
    static const char yes[] = "HTTP/1.1 204 No Content\r\n\r\n";
    ssize_t count = recv(peer, peers[peer].bytes + peers[peer].held, ROOM - peers[peer].held, 0);
    if (count <= 0) {
        if (peers[peer].asks) exit(1);
        close(peer);
        return;
    }
    peers[peer].held += (size_t)count;
    for (size_t length; (length = whole(peers[peer].bytes, peers[peer].held));) {
        int is_yes = memcmp(peers[peer].bytes, "HTTP/1.1 2", 10) == 0;
        memmove(peers[peer].bytes, peers[peer].bytes + length, peers[peer].held - length);
        peers[peer].held -= length;
        if (peers[peer].asks) {
            taken++;
            if (!is_yes) refused++;
            ask(peer);
        } else {
            reported++;
            if (send(peer, yes, sizeof yes - 1, MSG_NOSIGNAL) < 0) return;
        }
    }
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    wanted = atol(arguments[2]);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1024)) return 1;
    if (getsockname(listener, (struct sockaddr *)&address, &size)) return 1;
    reports_port = ntohs(address.sin_port);
    queue = epoll_create1(0);
    struct epoll_event wish = {.events = EPOLLIN, .data.fd = listener}, ready[256];
    epoll_ctl(queue, EPOLL_CTL_ADD, listener, &wish);
    double begun = seconds(CLOCK_MONOTONIC), used = seconds(CLOCK_PROCESS_CPUTIME_ID), all_taken = 0;
    address.sin_port = htons((uint16_t)atoi(arguments[1]));
    for (int index = 0; index < CONNECTIONS; index++) {
        int peer = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(peer, (struct sockaddr *)&address, size)) return 1;
        watch(peer, 1);
        ask(peer);
    }
    while (taken < wanted || reported < wanted - refused) {
        int found = epoll_wait(queue, ready, 256, 30000);
        if (found == 0) break;
        for (int index = 0; index < found; index++) {
            int from = ready[index].data.fd;
            if (from != listener) {
                hear(from);
                continue;
            }
            int peer = accept(listener, NULL, NULL);
            if (peer >= MOST) close(peer);
            else if (peer >= 0) watch(peer, 0);
        }
        if (taken == wanted && !all_taken) all_taken = seconds(CLOCK_MONOTONIC);
    }
    printf("reference messenger sent/s=%.0f refused=%ld reports=%ld cpu_us_each=%.1f\n", (double)wanted / (all_taken - begun),
        refused, reported, (seconds(CLOCK_PROCESS_CPUTIME_ID) - used) * 1e6 / (double)wanted);
    return 0;
}
