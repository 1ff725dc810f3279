#include "tests/unit/failing_vfs.h"

namespace forkdb {
namespace {

// SQLite is C: it takes the base as the object, so it comes first. The real
// file follows behind it in the same memory.
struct File {
  sqlite3_file base;
  FailingVfs* vfs;
  sqlite3_file* real;
};

File* AsFile(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* Real(sqlite3_file* file) { return AsFile(file)->real; }
bool Fails(sqlite3_file* file) { return AsFile(file)->vfs->Fails(); }

int Close(sqlite3_file* file) {
  return Real(file)->pMethods->xClose(Real(file));
}

int Read(sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
  return Real(file)->pMethods->xRead(Real(file), bytes, count, offset);
}

int Write(sqlite3_file* file, const void* bytes, int count,
          sqlite3_int64 offset) {
  // What the recorder waits for with the database open; all else closes it.
  if (Fails(file)) return SQLITE_FULL;
  return Real(file)->pMethods->xWrite(Real(file), bytes, count, offset);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (Fails(file)) return SQLITE_IOERR_TRUNCATE;
  return Real(file)->pMethods->xTruncate(Real(file), size);
}

int Sync(sqlite3_file* file, int flags) {
  if (Fails(file)) return SQLITE_IOERR_FSYNC;
  return Real(file)->pMethods->xSync(Real(file), flags);
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Real(file)->pMethods->xFileSize(Real(file), size);
}

int Lock(sqlite3_file* file, int level) {
  if (Fails(file)) return SQLITE_IOERR_LOCK;
  return Real(file)->pMethods->xLock(Real(file), level);
}

int Unlock(sqlite3_file* file, int level) {
  return Real(file)->pMethods->xUnlock(Real(file), level);
}

int CheckReservedLock(sqlite3_file* file, int* result) {
  return Real(file)->pMethods->xCheckReservedLock(Real(file), result);
}

int FileControl(sqlite3_file* file, int operation, void* argument) {
  return Real(file)->pMethods->xFileControl(Real(file), operation, argument);
}

int SectorSize(sqlite3_file* file) {
  return Real(file)->pMethods->xSectorSize(Real(file));
}

int DeviceCharacteristics(sqlite3_file* file) {
  return Real(file)->pMethods->xDeviceCharacteristics(Real(file));
}

int ShmMap(sqlite3_file* file, int region, int size, int extend,
           void volatile** memory) {
  if (Fails(file)) return SQLITE_IOERR_SHMMAP;
  return Real(file)->pMethods->xShmMap(Real(file), region, size, extend,
                                       memory);
}

// Giving up a lock cannot fail.
int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  if ((flags & SQLITE_SHM_LOCK) != 0 && Fails(file))
    return SQLITE_IOERR_SHMLOCK;
  return Real(file)->pMethods->xShmLock(Real(file), offset, count, flags);
}

void ShmBarrier(sqlite3_file* file) {
  Real(file)->pMethods->xShmBarrier(Real(file));
}

int ShmUnmap(sqlite3_file* file, int remove) {
  return Real(file)->pMethods->xShmUnmap(Real(file), remove);
}

// Version 2: without xFetch, SQLite reads and maps nothing.
constexpr sqlite3_io_methods MakeMethods() {
  sqlite3_io_methods methods = {};
  methods.iVersion = 2;
  methods.xClose = Close;
  methods.xRead = Read;
  methods.xWrite = Write;
  methods.xTruncate = Truncate;
  methods.xSync = Sync;
  methods.xFileSize = FileSize;
  methods.xLock = Lock;
  methods.xUnlock = Unlock;
  methods.xCheckReservedLock = CheckReservedLock;
  methods.xFileControl = FileControl;
  methods.xSectorSize = SectorSize;
  methods.xDeviceCharacteristics = DeviceCharacteristics;
  methods.xShmMap = ShmMap;
  methods.xShmLock = ShmLock;
  methods.xShmBarrier = ShmBarrier;
  methods.xShmUnmap = ShmUnmap;
  return methods;
}

constexpr sqlite3_io_methods kMethods = MakeMethods();

FailingVfs* Self(sqlite3_vfs* vfs) {
  return static_cast<FailingVfs*>(vfs->pAppData);
}

int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
         int* out_flags) {
  file->pMethods = nullptr;  // nothing to close
  if (Self(vfs)->Fails()) return SQLITE_CANTOPEN;
  AsFile(file)->vfs = Self(vfs);
  AsFile(file)->real = reinterpret_cast<sqlite3_file*>(AsFile(file) + 1);
  sqlite3_vfs* real = Self(vfs)->real();
  const int result = real->xOpen(real, name, Real(file), flags, out_flags);
  if (Real(file)->pMethods != nullptr) file->pMethods = &kMethods;
  return result;
}

int Delete(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  if (Self(vfs)->Fails()) return SQLITE_IOERR_DELETE;
  sqlite3_vfs* real = Self(vfs)->real();
  return real->xDelete(real, name, sync_directory);
}

}  // namespace

FailingVfs::FailingVfs() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
  vfs_.zName = "failing";
  vfs_.pAppData = this;
  vfs_.pNext = nullptr;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  vfs_.xOpen = Open;
  vfs_.xDelete = Delete;
  sqlite3_vfs_register(&vfs_, /*makeDflt=*/1);
}

FailingVfs::~FailingVfs() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, /*makeDflt=*/1);
}

void FailingVfs::FailFrom(int64_t number, int64_t failures) {
  operations_ = failed_ = 0;
  first_ = number;
  last_ = number + failures - 1;
}

bool FailingVfs::Fails() {
  ++operations_;
  const bool fails = first_ <= operations_ && operations_ <= last_;
  failed_ += fails ? 1 : 0;
  return fails;
}

}  // namespace forkdb
