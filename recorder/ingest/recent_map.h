// A cache of bounded size.

#ifndef FORKDB_RECORDER_INGEST_RECENT_MAP_H_
#define FORKDB_RECORDER_INGEST_RECENT_MAP_H_

#include <cstddef>
#include <utility>

namespace forkdb {

// Remembers the values of the most recently used keys: at least the last
// `generation` keys, and at most twice as many. Map is a std::map or a
// std::unordered_map. A pointer to a value is valid until the next Find() or
// Insert(). Not thread-safe.
template <typename Map>
class RecentMap {
 public:
  using Key = typename Map::key_type;
  using Value = typename Map::mapped_type;

  explicit RecentMap(size_t generation) : generation_(generation) {}

  // Returns nullptr if the key is not remembered.
  Value* Find(const Key& key) {
    const auto young = young_.find(key);
    if (young != young_.end()) return &young->second;
    const auto old = old_.find(key);
    if (old == old_.end()) return nullptr;
    // Moves a value that is used again to the young generation.
    return Insert(key, std::move(old->second));
  }

  // Call it only after Find() returned nullptr for the key.
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

  // At most twice the generation. Counts an old value that was used again
  // twice.
  size_t size() const { return young_.size() + old_.size(); }

 private:
  size_t generation_;
  Map young_, old_;  // when young_ is full, it replaces old_
};

}  // namespace forkdb

#endif  // FORKDB_RECORDER_INGEST_RECENT_MAP_H_
