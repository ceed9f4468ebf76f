import LoRWeBTorch

/// A step of the way down or up. The ways walk lists of these, so that what a step has read is free before the step after next.
typealias PictureLayer = (Tensor, Bands) -> Tensor

/// How a layer over a picture is computed: whole, or in bands of rows one after another.
///
/// Tiles that go through the whole model on their own don't work here: group normalisation and the attention in the middle look
/// at the whole picture, and a 1024 px picture in overlapping 512 px tiles ends 20 dB from the picture in one piece. So every
/// layer is finished before the next one starts. Normalisation takes its statistics from all rows; then each band, together with
/// the rows next to it that a 3×3 kernel reaches, goes through normalisation, activation and convolution. That equals the
/// whole picture up to rounding, without seams; memory holds the layers' results but none of the values in between.
struct Bands {
  /// Rows a band gets from its neighbours: one for a 3×3 kernel, and an even number, so that halving starts where it should.
  private static let halo = 2

  /// At most this many pixels of a layer's input at once; nil for all of them.
  let area: Int?

  /// Rows of each band of [B, C, H, W]: an even number but for the last.
  func ranges(of x: Tensor) -> [Range<Int>] {
    guard x.isDefined else { return [] }
    let height = x.size(2)
    guard let area else { return [0..<height] }
    let rows = max(area / max(x.size(3), 1) / 2 * 2, 2)
    return stride(from: 0, to: height, by: rows).map { $0..<min($0 + rows, height) }
  }

  /// What `layer` makes of inputs of one size, [B, C, H, W] each. The layer may double or halve the size, and each row of its
  /// result may depend on its input's row there and one to either side.
  func map(_ inputs: [Tensor], _ layer: ([Tensor]) -> Tensor) -> Tensor {
    let ranges = inputs.first.map(ranges) ?? []
    guard ranges.count > 1, let height = ranges.last?.upperBound else { return layer(inputs) }
    var whole: Tensor?
    for range in ranges {
      let start = max(range.lowerBound - Self.halo, 0)
      let count = min(range.upperBound + Self.halo, height) - start
      let band = layer(inputs.map { $0.narrowed(2, from: start, count: count) })
      guard band.isDefined else { return band }
      func scaled(_ row: Int) -> Int { row * band.size(2) / count }
      let result =
        whole
        ?? .empty([band.size(0), band.size(1), scaled(height), band.size(3)], dtype: band.dtype, device: band.device)
      result.narrowed(2, from: scaled(range.lowerBound), count: scaled(range.count))
        .copyInPlace(band.narrowed(2, from: scaled(range.lowerBound - start), count: scaled(range.count)))
      whole = result
    }
    return whole ?? layer(inputs)
  }

  func map(_ x: Tensor, _ layer: (Tensor) -> Tensor) -> Tensor { map([x]) { layer($0[0]) } }

  /// Group normalisation with the statistics of all of `x`, to be used on each of its bands.
  func normalisation(_ norm: GroupNorm, of x: Tensor) -> (Tensor) -> Tensor {
    let ranges = ranges(of: x)
    guard ranges.count > 1 else { return { norm($0) } }
    let (batch, height) = (x.size(0), x.size(2))
    // Each band's mean and variance [bands, B, G], then the whole's: the variances' mean plus the variance of the means.
    let parts = ranges.map { range in
      let band = x.narrowed(2, from: range.lowerBound, count: range.count)
      let values = band.to(.float32).reshaped([batch, norm.groups, -1])
      return (mean: values.mean(over: [2]), variance: values.variance(over: [2]))
    }
    let shares = Tensor(ranges.map { Float($0.count) / Float(height) }, shape: [ranges.count, 1, 1]).to(x.device)
    let means = stacked(parts.map(\.mean))
    let mean = (means * shares).sum(over: [0])
    let variance = ((stacked(parts.map(\.variance)) + (means - mean).power(2)) * shares).sum(over: [0])
    let (scale, shift) = norm.affine(mean: mean, variance: variance)
    return { shift.addingProduct($0.to(.float32), scale).to($0.dtype) }
  }
}
