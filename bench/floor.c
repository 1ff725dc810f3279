/*
 * The floor under the recorder: how fast SQLite itself takes the rows that the
 * recorder writes, with nobody who parses, decodes or links them.
 *
 * Usage: floor SCHEMA TEMPLATE OUTPUT RECORDS
 *
 * Reads some rows from TEMPLATE, a database that forkdb recorded, and writes
 * RECORDS rows to OUTPUT by stepping prepared INSERTs of these, over and over:
 * into the same tables with the same indexes (SCHEMA is schema.sql), with the
 * pragmas and the transactions of the recorder, and the same rows beside them
 * (drains and block summaries). From round to round only numbers that grow in
 * a recording grow: ids, times, pids. Prints the seconds from the first
 * INSERT to OUTPUT's closing, without the reading of the template: by the
 * clock, and of the CPU.
 */

#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  kBlockRecords = 4096,
  kTemplateBlocks = 16, /* as many as make up a batch of the recorder */
  kMaxColumns = 32,
  kMaxTables = 8,
  kPidMax = 4194304,
  kLongLivedPids = 300 /* daemons: the same pids in every round */
};

/* How a column's number changes from round to round. */
enum growth { kConstant, kId, kTime, kPid, kBlock };

static const struct {
  const char* column;
  enum growth growth;
} kGrowths[] = {{"id", kId},
                {"caller_id", kId},
                {"time_ns", kTime},
                {"start_ns", kTime},
                {"child_start_ns", kTime},
                {"first_time_ns", kTime},
                {"last_time_ns", kTime},
                {"first_child_start_ns", kTime},
                {"last_child_start_ns", kTime},
                {"pid", kPid},
                {"tgid", kPid},
                {"ppid", kPid},
                {"ret", kPid},
                {"child_pid", kPid},
                {"child_ns_pid", kPid},
                {"first_child_pid", kPid},
                {"last_child_pid", kPid},
                {"block", kBlock}};

/* The rows of one table that belong to the template's blocks, in key order
 * block by block. */
struct table {
  char name[64];
  int columns;
  enum growth growth[kMaxColumns];
  int64_t* values; /* columns of row 0, of row 1, … */
  char** texts;    /* of the same cells, NULL where it is no text */
  char* is_null;
  int64_t rows;
  int64_t ends[kTemplateBlocks]; /* of each block: index behind its last row */
  sqlite3_stmt* insert;
};

static sqlite3* output;
static struct table tables[kMaxTables]; /* records is the first */
static int table_count;
static int block_count;
static int64_t first_block;
static int64_t time_span; /* of a round, at the recording's mean rate */

static void Check(int code, sqlite3* database, const char* what) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  fprintf(stderr, "floor: %s: %s\n", what, sqlite3_errmsg(database));
  exit(1);
}

static void Run(const char* sql) {
  Check(sqlite3_exec(output, sql, NULL, NULL, NULL), output, sql);
}

static int64_t Ask(sqlite3* database, const char* sql) {
  sqlite3_stmt* statement = NULL;
  Check(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), database, sql);
  Check(sqlite3_step(statement), database, sql);
  const int64_t answer = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return answer;
}

static double Now(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static char* ReadText(const char* path) {
  FILE* file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    exit(1);
  }
  char* text = calloc(1, 1 << 20);
  if (fread(text, 1, (1 << 20) - 1, file) == 0) perror(path);
  fclose(file);
  return text;
}

static enum growth GrowthOf(const char* column) {
  for (size_t i = 0; i < sizeof kGrowths / sizeof kGrowths[0]; ++i) {
    if (strcmp(column, kGrowths[i].column) == 0) return kGrowths[i].growth;
  }
  return kConstant;
}

/* Reads the rows of all template blocks; condition selects those of one, which
 * is bound, and says in which order. */
static void ReadTable(sqlite3* database, const char* name,
                      const char* condition) {
  struct table* table = &tables[table_count++];
  snprintf(table->name, sizeof table->name, "%s", name);
  char sql[256];
  snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE %s", name, condition);
  sqlite3_stmt* select = NULL;
  Check(sqlite3_prepare_v2(database, sql, -1, &select, NULL), database, sql);
  table->columns = sqlite3_column_count(select);
  for (int i = 0; i < table->columns; ++i) {
    table->growth[i] = GrowthOf(sqlite3_column_name(select, i));
  }
  int64_t capacity = 0;
  for (int block = 0; block < block_count; ++block) {
    sqlite3_bind_int64(select, 1, first_block + block);
    while (sqlite3_step(select) == SQLITE_ROW) {
      if (table->rows == capacity) {
        capacity += kBlockRecords;
        const size_t cells = (size_t)(capacity * table->columns);
        table->values = realloc(table->values, cells * sizeof(int64_t));
        table->texts = realloc(table->texts, cells * sizeof(char*));
        table->is_null = realloc(table->is_null, cells);
      }
      for (int i = 0; i < table->columns; ++i) {
        const int64_t cell = table->rows * table->columns + i;
        table->values[cell] = sqlite3_column_int64(select, i);
        const int type = sqlite3_column_type(select, i);
        table->is_null[cell] = type == SQLITE_NULL;
        table->texts[cell] =
            type == SQLITE_TEXT
                ? strdup((const char*)sqlite3_column_text(select, i))
                : NULL;
      }
      ++table->rows;
    }
    table->ends[block] = table->rows;
    sqlite3_reset(select);
  }
  sqlite3_finalize(select);
}

static void ReadTemplate(const char* path) {
  sqlite3* database = NULL;
  Check(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL), database,
        path);
  /* The first block lacks a record, the last may not be full. */
  first_block = Ask(database, "SELECT min(id) / 4096 + 1 FROM records");
  block_count =
      (int)(Ask(database, "SELECT max(id) / 4096 FROM records") - first_block);
  if (block_count < 1) {
    fprintf(stderr, "floor: %s: fewer than 8192 records\n", path);
    exit(1);
  }
  if (block_count > kTemplateBlocks) block_count = kTemplateBlocks;
  ReadTable(database, "records",
            "id BETWEEN ?1 * 4096 AND ?1 * 4096 + 4095 ORDER BY id");
  time_span = Ask(database,
                  "SELECT (z.time_ns - a.time_ns) / (z.id - a.id) FROM records "
                  "AS a, records AS z WHERE a.id = (SELECT min(id) FROM "
                  "records) AND z.id = (SELECT max(id) FROM records)") *
              block_count * kBlockRecords;
  sqlite3_stmt* names = NULL;
  Check(sqlite3_prepare_v2(database,
                           "SELECT name FROM sqlite_schema WHERE type = "
                           "'table' AND name GLOB '*blocks' ORDER BY rowid",
                           -1, &names, NULL),
        database, "tables");
  while (sqlite3_step(names) == SQLITE_ROW) {
    ReadTable(database, (const char*)sqlite3_column_text(names, 0),
              "block = ?1 ORDER BY 1");
  }
  sqlite3_finalize(names);
  sqlite3_close(database);
}

/* As OpenForWriting() of store/database.cc does it. */
static void CreateOutput(const char* path, const char* schema) {
  Check(sqlite3_open_v2(path, &output,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL),
        output, path);
  Run("PRAGMA auto_vacuum = INCREMENTAL");
  Run("BEGIN IMMEDIATE");
  Run(schema);
  Run("COMMIT");
  Run("PRAGMA journal_mode = WAL");
  Run("PRAGMA synchronous = NORMAL");
  Run("PRAGMA cache_size = -16000");
  int persist_wal = 1;
  sqlite3_file_control(output, "main", SQLITE_FCNTL_PERSIST_WAL, &persist_wal);
}

/* What the records refer to. */
static void CopyInterned(const char* template_path) {
  char* attach = sqlite3_mprintf("ATTACH %Q AS template; BEGIN", template_path);
  Run(attach);
  sqlite3_free(attach);
  Run("INSERT INTO boots SELECT * FROM template.boots;"
      "INSERT INTO streams SELECT * FROM template.streams;"
      "INSERT INTO comms SELECT * FROM template.comms;"
      "INSERT INTO users SELECT * FROM template.users;"
      "INSERT INTO flag_sets (id, flags, exit_signal, names)"
      " SELECT id, flags, exit_signal, names FROM template.flag_sets;"
      "INSERT INTO namespace_sets SELECT * FROM template.namespace_sets;"
      "INSERT INTO errnos SELECT * FROM template.errnos;"
      "INSERT INTO signals SELECT * FROM template.signals");
  Run("COMMIT; DETACH template");
}

static int64_t Grow(int64_t value, enum growth growth, int64_t round) {
  const int64_t records = (int64_t)block_count * kBlockRecords;
  switch (growth) {
    case kId:
      return value == 0 ? 0 : value + round * records;
    case kTime:
      return value + round * time_span;
    case kBlock:
      return value + round * block_count;
    case kPid:
      if (value <= kLongLivedPids) return value;
      return kLongLivedPids + (value - kLongLivedPids + round * records) %
                                  (kPidMax - kLongLivedPids);
    default:
      return value;
  }
}

static void InsertRows(struct table* table, int64_t first, int64_t end,
                       int64_t round) {
  sqlite3_stmt* insert = table->insert;
  for (int64_t row = first; row < end; ++row) {
    for (int i = 0; i < table->columns; ++i) {
      const int64_t cell = row * table->columns + i;
      if (table->is_null[cell]) {
        sqlite3_bind_null(insert, i + 1);
      } else if (table->texts[cell] != NULL) {
        sqlite3_bind_text(insert, i + 1, table->texts[cell], -1, SQLITE_STATIC);
      } else {
        sqlite3_bind_int64(insert, i + 1,
                           Grow(table->values[cell], table->growth[i], round));
      }
    }
    Check(sqlite3_step(insert), output, table->name);
    sqlite3_reset(insert);
  }
}

static void PrepareInserts(void) {
  for (int i = 0; i < table_count; ++i) {
    char sql[256];
    int length =
        snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?1", tables[i].name);
    for (int column = 2; column <= tables[i].columns; ++column) {
      length +=
          snprintf(sql + length, sizeof sql - (size_t)length, ", ?%d", column);
    }
    snprintf(sql + length, sizeof sql - (size_t)length, ")");
    Check(sqlite3_prepare_v2(output, sql, -1, &tables[i].insert, NULL), output,
          sql);
  }
}

/* One transaction: the template's records, as far as they are wanted, and with
 * them the summaries of blocks that are complete. */
static void WriteRound(int64_t round, int64_t wanted) {
  Run("BEGIN IMMEDIATE");
  for (int block = 0; block < block_count && wanted > 0; ++block) {
    int64_t records = wanted < kBlockRecords ? wanted : kBlockRecords;
    wanted -= records;
    for (int i = 0; i < table_count; ++i) {
      const int64_t first = block == 0 ? 0 : tables[i].ends[block - 1];
      int64_t end = tables[i].ends[block];
      if (i == 0 && end > first + records) end = first + records;
      if (i > 0 && records < kBlockRecords) continue;
      InsertRows(&tables[i], first, end, round);
    }
  }
  Run("UPDATE streams SET next_seq = next_seq + 1");
  Run("INSERT INTO drains (stream, time_ns, records, duplicates, rejected, "
      "first_id, last_id) VALUES (1, 1790000000000000000, 65536, 0, 0, "
      "1000000065536, 1000000131072)");
  Run("COMMIT");
}

int main(int argc, char** argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: floor SCHEMA TEMPLATE OUTPUT RECORDS\n");
    return 2;
  }
  char* schema = ReadText(argv[1]);
  ReadTemplate(argv[2]);
  const int64_t wanted = strtoll(argv[4], NULL, 10);
  const int64_t per_round = (int64_t)block_count * kBlockRecords;

  /* The output is created in no time; copying what repeats is no insert. */
  CreateOutput(argv[3], schema);
  CopyInterned(argv[2]);
  const double started = Now(CLOCK_MONOTONIC);
  const double cpu_started = Now(CLOCK_PROCESS_CPUTIME_ID);
  PrepareInserts();
  for (int64_t round = 0; round * per_round < wanted; ++round) {
    WriteRound(round, wanted - round * per_round);
  }
  for (int i = 0; i < table_count; ++i) sqlite3_finalize(tables[i].insert);
  sqlite3_close(output);
  printf("%.6f %.6f\n", Now(CLOCK_MONOTONIC) - started,
         Now(CLOCK_PROCESS_CPUTIME_ID) - cpu_started);
  return 0;
}
