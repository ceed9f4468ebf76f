import Foundation
import LoRWeBPictures

/// SSIM of two pictures as Wang et al. (2004) define it and scikit-image computes it with `gaussian_weights=True, sigma=1.5,
/// use_sample_covariance=False, data_range=255, channel_axis=2`: an 11×11 Gaussian window on each channel, then their mean.
public struct StructuralSimilarity: Sendable {
  /// Pixels from the window's middle to its edge; scikit-image cuts Gaussians at 3.5 σ.
  static let radius = 5
  private static let sigma = 1.5

  /// The local similarity, mean of the three channels, row by row. Borders see mirrored pixels, as in scikit-image's full map.
  public let map: [Double]
  private let size: PictureSize

  /// What other pictures are compared with, looked at once.
  public struct Truth: Sendable {
    fileprivate let size: PictureSize
    fileprivate let channels: [Moments]

    /// - Throws: `EvaluationError.tooSmall` below 11 pixels.
    public init(_ truth: Picture) throws {
      let least = 2 * radius + 1
      guard min(truth.width, truth.height) >= least else { throw EvaluationError.tooSmall(size: truth.size, least: least) }
      size = truth.size
      channels = (0..<3).map { Moments(of: truth, $0) }
    }
  }

  /// - Throws: `EvaluationError.sizesDiffer`.
  public init(_ picture: Picture, _ truth: Truth) throws {
    try checkSameSize("The picture", picture, as: truth.size)
    size = picture.size
    var sum = [Double](repeating: 0, count: picture.width * picture.height)
    for channel in 0..<3 {
      let local = Self.similarity(Moments(of: picture, channel), truth.channels[channel], size: picture.size)
      for pixel in sum.indices { sum[pixel] += local[pixel] / 3 }
    }
    map = sum
  }

  /// The mean over the picture without the border of 5 pixels where the window reaches outside.
  public var mean: Double {
    var sum = 0.0
    for y in Self.radius..<size.height - Self.radius {
      for x in Self.radius..<size.width - Self.radius { sum += map[y * size.width + x] }
    }
    return sum / Double((size.width - 2 * Self.radius) * (size.height - 2 * Self.radius))
  }

  /// The mean of the map over changed pixels, borders included; nil if nothing changed.
  /// - Throws: `EvaluationError.sizesDiffer`.
  public func mean(on changed: ChangedPixels) throws -> Double? {
    try changed.check(for: size)
    guard changed.count > 0 else { return nil }
    return zip(map, changed.mask).reduce(0) { $1.1 ? $0 + $1.0 : $0 } / Double(changed.count)
  }

  /// A channel with its local mean and mean square.
  fileprivate struct Moments: Sendable {
    let plane, mean, square: [Double]

    init(of picture: Picture, _ channel: Int) {
      plane = stride(from: channel, to: picture.pixels.count, by: 3).map { Double(picture.pixels[$0]) }
      mean = smoothed(plane, picture.size)
      square = smoothed(plane.map { $0 * $0 }, picture.size)
    }
  }

  /// Equation 13 of the paper, K₁ = 0.01 and K₂ = 0.03 of a range of 255.
  private static func similarity(_ x: Moments, _ y: Moments, size: PictureSize) -> [Double] {
    let (c1, c2): (Double, Double) = (2.55 * 2.55, 7.65 * 7.65)
    let both = smoothed(zip(x.plane, y.plane).map { $0.0 * $0.1 }, size)
    return both.indices.map { i in
      let (mx, my) = (x.mean[i], y.mean[i])
      let structure = (2 * mx * my + c1) * (2 * (both[i] - mx * my) + c2)
      return structure / ((mx * mx + my * my + c1) * (x.square[i] - mx * mx + y.square[i] - my * my + c2))
    }
  }

  private static let window: [Double] = {
    let weights = (-radius...radius).map { exp(-0.5 * pow(Double($0) / sigma, 2)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }()

  /// Columns, then rows, mirrored at the edges with the edge pixel repeated (scipy's `reflect`).
  private static func smoothed(_ plane: [Double], _ size: PictureSize) -> [Double] {
    let (width, height) = (size.width, size.height)
    func mirrored(_ index: Int, _ count: Int) -> Int { index < 0 ? -index - 1 : index >= count ? 2 * count - index - 1 : index }
    // Taps outside, pixels inside: each pixel's sum has its taps in order, and a row of them is added at once.
    var columns = [Double](repeating: 0, count: plane.count)
    for y in 0..<height {
      for (tap, weight) in window.enumerated() {
        let row = mirrored(y + tap - radius, height) * width
        for x in 0..<width { columns[y * width + x] += weight * plane[row + x] }
      }
    }
    var result = [Double](repeating: 0, count: plane.count)
    let places = (-radius..<width + radius).map { mirrored($0, width) }
    for y in 0..<height {
      let row = places.map { columns[y * width + $0] }
      for (tap, weight) in window.enumerated() { for x in 0..<width { result[y * width + x] += weight * row[x + tap] } }
    }
    return result
  }
}
