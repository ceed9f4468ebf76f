/// For every output position along one axis, which input positions count and by how much, in fixed point.
///
/// As Pillow's `ImagingResample` for 8-bit pictures: weights are normalised in double precision, then rounded half away from
/// zero to 22 fractional bits, so that 8 bits of sample and 2 bits of overshoot fit a 32-bit sum.
struct ResamplingWeights {
  /// Fractional bits of a weight.
  static let precision: Int32 = 32 - 8 - 2

  /// Room for taps at each output position; unused ones are 0.
  let stride: Int
  /// First input position of each output position.
  let starts: [Int]
  /// Number of input positions of each output position.
  let counts: [Int]
  /// Weights, `[output, stride]`.
  let weights: [Int32]

  init(from input: Int, to output: Int, filter: ResamplingFilter) {
    let scale = Double(input) / Double(output)
    let stretch = max(scale, 1)
    let support = filter.support * stretch
    let stride = Int(support.rounded(.up)) * 2 + 1
    var starts = [Int](), counts = [Int]()
    var weights = [Int32](repeating: 0, count: stride * output)
    for position in 0..<output {
      let center = (Double(position) + 0.5) * scale
      let first = max(0, Int(center - support + 0.5))
      let count = min(input, Int(center + support + 0.5)) - first
      let taps = (0..<count).map { filter.weight(at: (Double($0 + first) - center + 0.5) * (1 / stretch)) }
      let sum = taps.reduce(0, +)
      for (tap, weight) in taps.enumerated() {
        let normalised = (sum == 0 ? weight : weight / sum) * Double(1 << Self.precision)
        weights[position * stride + tap] = Int32(normalised + (normalised < 0 ? -0.5 : 0.5))
      }
      starts.append(first)
      counts.append(count)
    }
    (self.stride, self.starts, self.counts, self.weights) = (stride, starts, counts, weights)
  }

  /// One output line: the weighted sum of the input lines that count at `position`, rounded to 8 bits. `lines` holds all input lines,
  /// `length` samples each; `sums` is room for as many sums.
  func mix(
    at position: Int, lines: UnsafePointer<UInt8>, length: Int, sums: UnsafeMutablePointer<Int32>,
    into result: UnsafeMutablePointer<UInt8>
  ) {
    let half: Int32 = 1 << (Self.precision - 1)
    for i in 0..<length { sums[i] = half }
    for tap in 0..<counts[position] {
      let weight = weights[position * stride + tap]
      let line = lines + (starts[position] + tap) * length
      for i in 0..<length { sums[i] &+= Int32(line[i]) &* weight }
    }
    for i in 0..<length { result[i] = UInt8(truncatingIfNeeded: min(max(sums[i] >> Self.precision, 0), 255)) }
  }
}
