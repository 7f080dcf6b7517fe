// What Swift cannot say to libldap itself: options whose values are addresses of the library's own, and a way to end a
// conversation from another thread.
#ifndef CALLDESK_CLDAP_SHIM_H
#define CALLDESK_CLDAP_SHIM_H

#include <fcntl.h>
#include <ldap.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static inline int cldap_follow_no_referrals(LDAP *handle) {
    return ldap_set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
}

static inline int cldap_set_seconds(LDAP *handle, int option, long seconds) {
    struct timeval value = {seconds, 0};
    return ldap_set_option(handle, option, &value);
}

// A second descriptor of a conversation's socket, by which any thread can end it. A TLS handshake has no time limit in
// libldap 2.5: it waits for ever, and with a network timeout it does so in a busy loop.
typedef struct {
    struct ldap_conncb callback;
    // Whoever takes the descriptor out closes it, so that its number is never another socket's.
    int socket;
    int ended;
} cldap_watch;

static inline int cldap_take(cldap_watch *watch) { return __atomic_exchange_n(&watch->socket, -1, __ATOMIC_ACQ_REL); }

// Once connected the network timeout has done its work, and is taken away: the handshake then blocks quietly.
static inline int cldap_connected(
    LDAP *handle, Sockbuf *buffer, LDAPURLDesc *server, struct sockaddr *address, struct ldap_conncb *callback
) {
    (void)server;
    (void)address;
    cldap_watch *watch = callback->lc_arg;
    int socket = -1;
    if (ber_sockbuf_ctrl(buffer, LBER_SB_OPT_GET_FD, &socket) != 1) return -1;
    int copy = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return -1;
    int former = __atomic_exchange_n(&watch->socket, copy, __ATOMIC_ACQ_REL);
    if (former >= 0) close(former);
    ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, NULL);
    return __atomic_load_n(&watch->ended, __ATOMIC_ACQUIRE) ? -1 : 0;
}

static inline void cldap_disconnected(LDAP *handle, Sockbuf *buffer, struct ldap_conncb *callback) {
    (void)handle;
    (void)buffer;
    (void)callback;
}

// NULL when there is no memory or libldap does not take it. It must outlive the handle.
static inline cldap_watch *cldap_watch_new(LDAP *handle) {
    cldap_watch *watch = calloc(1, sizeof *watch);
    if (!watch) return NULL;
    watch->socket = -1;
    watch->callback.lc_add = cldap_connected;
    watch->callback.lc_del = cldap_disconnected;
    watch->callback.lc_arg = watch;
    if (ldap_set_option(handle, LDAP_OPT_CONNECT_CB, &watch->callback) == 0) return watch;
    free(watch);
    return NULL;
}

// Ends the conversation, now or as soon as it is connected.
static inline void cldap_watch_end(cldap_watch *watch) {
    __atomic_store_n(&watch->ended, 1, __ATOMIC_RELEASE);
    int socket = cldap_take(watch);
    if (socket < 0) return;
    shutdown(socket, SHUT_RDWR);
    close(socket);
}

static inline void cldap_watch_free(cldap_watch *watch) {
    cldap_watch_end(watch);
    free(watch);
}

#endif
