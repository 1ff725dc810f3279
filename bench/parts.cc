// Measures each part of the recorder with Google Benchmark.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/escape.h"
#include "bench/simulation.h"
#include "recorder/ingest/dictionary.h"
#include "recorder/ingest/writer.h"
#include "recorder/source/parser.h"
#include "store/database.h"

namespace forkdb {
namespace {

std::vector<Record> MakeRecords(size_t count) {
  Simulation simulation(SimulationOptions{});
  std::vector<Record> records(count);
  for (Record& record : records) simulation.Next(&record);
  return records;
}

Stream MadeUpStream() {
  Stream stream;
  stream.boot.boot_id = "bench";
  stream.source = kProc;
  stream.hook = "kernel_clone";
  return stream;
}

void CountRecords(size_t records, benchmark::State* state) {
  state->SetItemsProcessed(state->iterations() * static_cast<int64_t>(records));
}

void BM_ParseRecord(benchmark::State& state) {
  std::vector<std::string> lines;
  for (const Record& record : MakeRecords(kBlockRecords)) {
    lines.push_back(FormatRecord(record));
  }
  Record record;
  for (auto _ : state) {
    for (const std::string& line : lines) {
      benchmark::DoNotOptimize(ParseRecord(line, &record));
    }
  }
  CountRecords(lines.size(), &state);
}
BENCHMARK(BM_ParseRecord);

void BM_UnescapeComm(benchmark::State& state) {
  std::vector<std::string> names;
  for (const Record& record : MakeRecords(kBlockRecords)) {
    names.push_back(EscapeComm(record.comm));
  }
  for (auto _ : state) {
    for (const std::string& name : names) {
      benchmark::DoNotOptimize(UnescapeComm(name));
    }
  }
  CountRecords(names.size(), &state);
}
BENCHMARK(BM_UnescapeComm);

// Looks up known names, as for nearly every record.
void BM_Intern(benchmark::State& state) {
  const std::vector<Record> records = MakeRecords(kBlockRecords);
  SQLite::Database database = OpenForWriting(kMemoryDatabase);
  Dictionary dictionary(&database);
  for (auto _ : state) {
    for (const Record& r : records) {
      benchmark::DoNotOptimize(dictionary.Comm(r.comm));
      benchmark::DoNotOptimize(dictionary.FlagSet(r.flags, r.exit_signal));
      benchmark::DoNotOptimize(dictionary.NamespaceSet(r));
    }
  }
  CountRecords(records.size(), &state);
}
BENCHMARK(BM_Intern);

// Writes a full batch to an empty database in memory.
void BM_WriteBatch(benchmark::State& state) {
  const std::vector<Record> records = MakeRecords(Batch::kMaxRecords);
  for (auto _ : state) {
    state.PauseTiming();
    {
      SQLite::Database database = OpenForWriting(kMemoryDatabase);
      Writer writer(&database, kMemoryDatabase);
      Batch batch;
      batch.records = records;
      state.ResumeTiming();
      writer.Write(MadeUpStream(), &batch, 0);
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
  CountRecords(records.size(), &state);
}
BENCHMARK(BM_WriteBatch)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace forkdb

BENCHMARK_MAIN();
