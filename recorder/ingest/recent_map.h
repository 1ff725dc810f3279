// A cache of a bounded size.

#ifndef FORKDB_RECORDER_INGEST_RECENT_MAP_H_
#define FORKDB_RECORDER_INGEST_RECENT_MAP_H_

#include <cstddef>
#include <utility>

namespace forkdb {

// Remembers the values of the keys that were used most recently: of at least
// generation keys, and of twice as many at most. Map is a std::map or a
// std::unordered_map. A pointer to a value is valid until the next Find() or
// Insert(). Not thread-safe.
template <typename Map>
class RecentMap {
 public:
  using Key = typename Map::key_type;
  using Value = typename Map::mapped_type;

  explicit RecentMap(size_t generation) : generation_(generation) {}

  // Null if the key is not remembered.
  Value* Find(const Key& key) {
    const auto young = young_.find(key);
    if (young != young_.end()) return &young->second;
    const auto old = old_.find(key);
    if (old == old_.end()) return nullptr;
    // Used again: it outlives its generation.
    return Insert(key, std::move(old->second));
  }

  // The key must not be remembered among the young, as after a Find() that
  // returned null.
  Value* Insert(const Key& key, Value value) {
    if (young_.size() >= generation_) {
      std::swap(old_, young_);
      young_.clear();
    }
    return &young_.emplace(key, std::move(value)).first->second;
  }

  void Clear() {
    young_.clear();
    old_.clear();
  }

  // At most twice the generation: an old value that is used again is in both.
  size_t size() const { return young_.size() + old_.size(); }

 private:
  size_t generation_;
  Map young_, old_;  // when young_ is full, it takes the place of old_
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_RECENT_MAP_H_
