#pragma once

#include <sqlite3.h>

// Swift does not import variadic C functions; this is the one form of sqlite3_db_config that is needed: a switch.
static inline int warren_sqlite3_db_config_switch(sqlite3 *database, int option, int on) {
    return sqlite3_db_config(database, option, on, (int *)0);
}

// The same for the whole process: the one form of sqlite3_config that is needed, a switch.
static inline int warren_sqlite3_config_switch(int option, int on) { return sqlite3_config(option, on); }

// A virtual table and its cursor as SQLite sees them, each with the object behind it. C fixes their layout.
typedef struct {
    sqlite3_vtab base;
    void *owner;
} warren_sqlite3_vtab;

typedef struct {
    sqlite3_vtab_cursor base;
    void *owner;
} warren_sqlite3_cursor;

// The file system of SQLite with another way to open files, and the one that it was made from.
typedef struct {
    sqlite3_vfs base;
    sqlite3_vfs *original;
} warren_sqlite3_vfs;

// A file as SQLite sees it, with the object behind it. The file of the original file system follows in memory.
typedef struct {
    sqlite3_file base;
    void *owner;
} warren_sqlite3_file;
