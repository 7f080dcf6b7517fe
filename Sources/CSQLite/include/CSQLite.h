// Settings of SQLite that Swift cannot make: their function takes any number of arguments.
#ifndef CALLDESK_CSQLITE_H
#define CALLDESK_CSQLITE_H

// Lets SQLite ask for memory without counting it (SQLITE_CONFIG_MEMSTATUS, c3ref/c_config_covering_index_scan.html):
// all connections share one lock for the count, which nobody here reads. Before the first connection only; afterwards it
// changes nothing. Returns SQLite's result code.
int csqlite_count_no_memory(void);

#endif
