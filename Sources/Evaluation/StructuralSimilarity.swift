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

  /// - Throws: `EvaluationError.sizesDiffer`, `.tooSmall` below 11 pixels.
  public init(_ picture: Picture, _ truth: Picture) throws {
    try checkSameSize("The picture", picture, as: truth)
    let least = 2 * Self.radius + 1
    guard picture.width >= least, picture.height >= least else {
      throw EvaluationError.tooSmall(size: picture.size, least: least)
    }
    size = picture.size
    var sum = [Double](repeating: 0, count: picture.width * picture.height)
    for channel in 0..<3 {
      let local = Self.similarity(Self.plane(picture, channel), Self.plane(truth, channel), size: picture.size)
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
  ///
  /// - Throws: `EvaluationError.sizesDiffer`.
  public func mean(on changed: ChangedPixels) throws -> Double? {
    try changed.check(for: size)
    guard changed.count > 0 else { return nil }
    return zip(map, changed.mask).reduce(0) { $1.1 ? $0 + $1.0 : $0 } / Double(changed.count)
  }

  private static func plane(_ picture: Picture, _ channel: Int) -> [Double] {
    stride(from: channel, to: picture.pixels.count, by: 3).map { Double(picture.pixels[$0]) }
  }

  /// Equation 13 of the paper, K₁ = 0.01 and K₂ = 0.03 of a range of 255.
  private static func similarity(_ x: [Double], _ y: [Double], size: PictureSize) -> [Double] {
    let (c1, c2): (Double, Double) = (2.55 * 2.55, 7.65 * 7.65)
    func product(_ a: [Double], _ b: [Double]) -> [Double] { smoothed(zip(a, b).map { $0.0 * $0.1 }, size) }
    let (meanX, meanY) = (smoothed(x, size), smoothed(y, size))
    let (squareX, squareY, both) = (product(x, x), product(y, y), product(x, y))
    return x.indices.map { i in
      let (mx, my) = (meanX[i], meanY[i])
      let structure = (2 * mx * my + c1) * (2 * (both[i] - mx * my) + c2)
      return structure / ((mx * mx + my * my + c1) * (squareX[i] - mx * mx + squareY[i] - my * my + c2))
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
    func mirrored(_ index: Int, _ count: Int) -> Int {
      index < 0 ? -index - 1 : index >= count ? 2 * count - index - 1 : index
    }
    func pass(_ source: [Double], along count: Int, step: Int, across others: Int, otherStep: Int) -> [Double] {
      var result = source
      for other in 0..<others {
        for place in 0..<count {
          var sum = 0.0
          for tap in -radius...radius {
            sum += window[tap + radius] * source[other * otherStep + mirrored(place + tap, count) * step]
          }
          result[other * otherStep + place * step] = sum
        }
      }
      return result
    }
    let columns = pass(plane, along: height, step: width, across: width, otherStep: 1)
    return pass(columns, along: width, step: 1, across: height, otherStep: width)
  }
}
