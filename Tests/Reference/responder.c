// What a FastAGI command costs at the least: one thread and epoll, which reads the caller's environment and then answers each
// command's reply with the next command, ten in all, as the bench's own script does; nothing is parsed that need not be.
// reference-responder prints its port, serves until its input ends, and then what a command took of the processor.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS = 10, MOST = 4096 };

static struct { int asked, began; char last[2]; } calls[MOST];
static unsigned long long commands;

static double processor(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int ask(int peer) {
    char text[64];
    int length = calls[peer].asked == 0 ? snprintf(text, sizeof text, "ANSWER\n")
                                        : snprintf(text, sizeof text, "SET VARIABLE \"STEP\" \"%d\"\n", calls[peer].asked);
    calls[peer].asked++;
    commands++;
    return send(peer, text, (size_t)length, MSG_NOSIGNAL) == length;
}

// True while the call goes on.
static int hear(int peer) {
    char bytes[16384];
    ssize_t count = recv(peer, bytes, sizeof bytes, 0);
    if (count <= 0) return 0;
    if (!calls[peer].began) {
        // The environment ends with an empty line, wherever the reads part it.
        char both[2] = {calls[peer].last[1], bytes[0]};
        calls[peer].last[0] = count > 1 ? bytes[count - 2] : calls[peer].last[1];
        calls[peer].last[1] = bytes[count - 1];
        int over = memcmp(calls[peer].last, "\n\n", 2) == 0 || (count == 1 && memcmp(both, "\n\n", 2) == 0);
        if (!over) return 1;
        calls[peer].began = 1;
        return ask(peer);
    }
    if (bytes[count - 1] != '\n') return 1;
    return calls[peer].asked < COMMANDS && ask(peer);
}

int main(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1, queue = epoll_create1(0);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1024)) return 1;
    if (getsockname(listener, (struct sockaddr *)&address, &size)) return 1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    struct epoll_event wish = {.events = EPOLLIN, .data.fd = listener}, ready[256];
    epoll_ctl(queue, EPOLL_CTL_ADD, listener, &wish);
    wish.data.fd = 0;
    epoll_ctl(queue, EPOLL_CTL_ADD, 0, &wish);
    double begun = processor();
    for (;;) {
        int count = epoll_wait(queue, ready, 256, -1);
        for (int index = 0; index < count; index++) {
            int from = ready[index].data.fd;
            if (from == 0) {
                printf("reference responder commands=%llu cpu_us_each=%.2f\n", commands, (processor() - begun) * 1e6 / (double)(commands ? commands : 1));
                return 0;
            }
            if (from == listener) {
                int peer = accept(listener, NULL, NULL);
                if (peer < 0) continue;
                if (peer >= MOST) { close(peer); continue; }
                memset(&calls[peer], 0, sizeof calls[peer]);
                setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                wish.data.fd = peer;
                epoll_ctl(queue, EPOLL_CTL_ADD, peer, &wish);
            } else if (!hear(from)) {
                close(from);
            }
        }
    }
}
