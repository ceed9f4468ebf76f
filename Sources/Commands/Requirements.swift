import ArgumentParser

/// Refuses an option's value outside a range; one that isn't given is right.
func require<Value: Comparable>(_ option: String, _ value: Value?, in range: ClosedRange<Value>) throws {
  guard let value, !range.contains(value) else { return }
  func text(_ bound: Value) -> String { "\(bound)".replacing(/\.0$/, with: "") }
  throw ValidationError("\(option) must be from \(text(range.lowerBound)) to \(text(range.upperBound)), found \(value).")
}

/// Refuses an option's number below 1.
func requirePositive(_ option: String, _ value: Int?) throws {
  if let value, value < 1 { throw ValidationError("\(option) must be 1 or more, found \(value).") }
}
