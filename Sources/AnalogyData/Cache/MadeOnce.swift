/// A value made when it is first asked for, such as an encoder that may not be needed.
final class Lazily<Value> {
  private let make: () throws -> Value
  private let kept = Latest<Bool, Value>()

  init(_ make: @escaping () throws -> Value) { self.make = make }

  func callAsFunction() throws -> Value { try kept.of(true, make) }
}

/// What was made last, kept until something else is asked for.
final class Latest<Key: Equatable, Value> {
  private var last: (key: Key, value: Value)?

  func of(_ key: Key, _ make: () throws -> Value) rethrows -> Value {
    if let last, last.key == key { return last.value }
    let value = try make()
    last = (key, value)
    return value
  }
}
