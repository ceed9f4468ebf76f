/// The values used last, by key: at most so many.
struct RecentValues<Key: Hashable, Value> {
  private let limit: Int
  private var values: [Key: (value: Value, lastUse: Int)] = [:]
  private var uses = 0

  init(limit: Int) { self.limit = limit }

  /// The value kept for a key, or one that is made now and kept.
  mutating func value(for key: Key, else make: () throws -> Value) rethrows -> Value {
    if let known = self[key] { return known }
    let made = try make()
    keep(made, for: key)
    return made
  }

  subscript(key: Key) -> Value? {
    mutating get {
      uses += 1
      values[key]?.lastUse = uses
      return values[key]?.value
    }
  }

  mutating func keep(_ value: Value, for key: Key) {
    uses += 1
    while values.count >= max(limit, 1), let oldest = values.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      values[oldest.key] = nil
    }
    values[key] = (value, uses)
  }
}
