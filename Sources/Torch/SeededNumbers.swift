/// Random numbers that a seed fixes for all time: SplitMix64 (Steele, Lea, Flood 2014).
///
/// Numbers for different purposes come from different streams of one seed, so what is drawn for one never shifts another.
public struct SeededNumbers: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The stream that the seed and any further numbers choose together.
  public init(seed: UInt64, stream: [UInt64] = []) {
    state = seed
    for number in stream { state = next() ^ number }
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in 0..<1, of 53 bits.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// The order Fisher and Yates draw. Written out, since the standard library may change how it shuffles.
  public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for last in result.indices.dropFirst().reversed() {
      // The high half of a product is uniform to within 2⁻⁶⁴ · count.
      result.swapAt(last, Int(next().multipliedFullWidth(by: UInt64(last + 1)).high))
    }
    return result
  }
}
