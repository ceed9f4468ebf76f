/// The values used last, by key: at most so many.
struct RecentValues<Key: Hashable, Value> {
  private let limit: Int
  private var values: [Key: (value: Value, lastUse: Int)] = [:]
  private var uses = 0

  init(limit: Int) {
    self.limit = limit
  }

  /// The value kept for a key, or one that is made now and kept.
  mutating func value(for key: Key, else make: () throws -> Value) rethrows -> Value {
    uses += 1
    if let known = values[key]?.value {
      values[key]?.lastUse = uses
      return known
    }
    let made = try make()
    while values.count >= max(limit, 1), let oldest = values.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      values[oldest.key] = nil
    }
    values[key] = (made, uses)
    return made
  }
}
