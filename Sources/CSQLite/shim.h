#pragma once

#include <sqlite3.h>

// Swift does not import variadic C functions; this is the one form of sqlite3_db_config that is needed: a switch.
static inline int warren_sqlite3_db_config_switch(sqlite3 *database, int option, int on) {
    return sqlite3_db_config(database, option, on, (int *)0);
}
