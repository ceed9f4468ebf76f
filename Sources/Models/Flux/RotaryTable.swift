import LoRWeBTorch

/// Cosines and sines by which queries and keys are turned according to their position.
///
/// Angles are computed in fp64 (as diffusers' FluxPosEmbed does; in fp32 they miss by 7e-6 at position 128), tables kept in fp32.
public struct RotaryTable {
  /// [L, head width] each, every angle twice in a row.
  public let cos: Tensor
  public let sin: Tensor

  /// - Parameters:
  ///   - positions: [L, 3].
  ///   - axes: shares of the head's width for the three coordinates.
  public init(positions: Tensor, axes: [Int], theta: Double = 10000) {
    let exact = positions.to(.float64)
    let angles = axes.enumerated().map { axis, width in
      let exponents = Tensor.arange(to: Double(width), by: 2, dtype: .float64, device: positions.device) / Double(width)
      let frequencies = exponents.exponent(ofBase: theta).reciprocal()
      return exact.selected(1, axis).unsqueezed(1) * frequencies.unsqueezed(0)  // [L, width / 2]
    }
    let doubled = concatenated(angles, along: 1).repeatedInterleaved(2, along: 1)
    cos = doubled.cos().to(.float32)
    sin = doubled.sin().to(.float32)
  }

  private init(cos: Tensor, sin: Tensor) { (self.cos, self.sin) = (cos, sin) }

  /// The table of some of the positions.
  func rows(_ ranges: [Range<Int>]) -> RotaryTable {
    func rows(_ table: Tensor) -> Tensor {
      concatenated(ranges.map { table.narrowed(0, from: $0.lowerBound, count: $0.count) }, along: 0)
    }
    return RotaryTable(cos: rows(cos), sin: rows(sin))
  }

  /// Turns pairs of neighbouring channels of [B, L, H, D]; computed in fp32, given back in x's type.
  public func rotate(_ x: Tensor) -> Tensor {
    let shape = x.shape
    let pairs = x.to(.float32).reshaped(Array(shape.dropLast()) + [-1, 2])
    let turned = stacked([-pairs.selected(-1, 1), pairs.selected(-1, 0)], along: -1).reshaped(shape)
    let table = (cos.unsqueezed(0).unsqueezed(2), sin.unsqueezed(0).unsqueezed(2))  // [1, L, 1, D]
    return (x.to(.float32) * table.0 + turned * table.1).to(x.dtype)
  }
}
