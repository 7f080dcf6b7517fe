#ifndef CALLDESK_CPOSTGRES_SHIM_H
#define CALLDESK_CPOSTGRES_SHIM_H

#include <libpq-fe.h>

#endif
