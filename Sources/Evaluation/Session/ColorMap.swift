import Foundation
import LoRWeBPictures

/// A classical analogy, the baseline without any learning: one map of colours for the whole picture, fitted on a → a′ and
/// applied to b. It can carry tints, exposure and inversions over, and nothing that depends on place or shape. The change of
/// each channel is a quadratic polynomial of the colour, by ridge-regularised least squares: colours that a doesn't have are
/// pulled towards staying as they are.
public struct ColorMap: Equatable, Sendable {
  /// Terms 1, r, g, b, r², g², b², rg, rb, gb of each channel's change.
  let coefficients: [[Double]]

  private static let terms = 10
  /// Per pixel; small against the variance of a photo's colours (about 0.05), large against rounding.
  private static let ridge = 1e-5

  /// - Throws: `EvaluationError.sizesDiffer`.
  public init(from a: Picture, to aPrime: Picture) throws {
    try checkSameSize("a", a, as: aPrime.size)
    var normal = [[Double]](repeating: [Double](repeating: 0, count: Self.terms), count: Self.terms)
    var right = [[Double]](repeating: [Double](repeating: 0, count: Self.terms), count: 3)
    for pixel in 0..<a.width * a.height {
      let terms = Self.terms(of: a, at: pixel)
      for i in 0..<Self.terms {
        for j in 0...i { normal[i][j] += terms[i] * terms[j] }
        for channel in 0..<3 {
          right[channel][i] += terms[i] * (Double(aPrime.pixels[pixel * 3 + channel]) / 255 - terms[1 + channel])
        }
      }
    }
    for i in 0..<Self.terms { normal[i][i] += Self.ridge * Double(a.width * a.height) }
    let factor = Self.cholesky(normal)
    coefficients = right.map { Self.solve(factor, $0) }
  }

  /// The picture with its colours mapped, alpha as it was.
  /// - Throws: `PicturesError`, as every making of a picture does.
  public func callAsFunction(_ b: Picture) throws -> Picture {
    let pixels = (0..<b.width * b.height).flatMap { pixel in
      let terms = Self.terms(of: b, at: pixel)
      return (0..<3).map { channel in
        let change = zip(coefficients[channel], terms).reduce(0) { $0 + $1.0 * $1.1 }
        return UInt8((min(max(terms[1 + channel] + change, 0), 1) * 255).rounded())
      }
    }
    return try Picture(width: b.width, height: b.height, pixels: pixels, alpha: b.alpha)
  }

  private static func terms(of picture: Picture, at pixel: Int) -> [Double] {
    func level(_ channel: Int) -> Double { Double(picture.pixels[pixel * 3 + channel]) / 255 }
    let (r, g, b) = (level(0), level(1), level(2))
    return [1, r, g, b, r * r, g * g, b * b, r * g, r * b, g * b]
  }

  /// The lower factor L of a matrix L · Lᵀ, of which only the lower half is read; the ridge makes it positive definite.
  private static func cholesky(_ matrix: [[Double]]) -> [[Double]] {
    var factor = matrix
    for i in matrix.indices {
      for j in 0...i {
        let rest = (0..<j).reduce(matrix[i][j]) { $0 - factor[i][$1] * factor[j][$1] }
        factor[i][j] = i == j ? rest.squareRoot() : rest / factor[j][j]
      }
    }
    return factor
  }

  private static func solve(_ factor: [[Double]], _ right: [Double]) -> [Double] {
    var x = right
    for i in x.indices { x[i] = (0..<i).reduce(x[i]) { $0 - factor[i][$1] * x[$1] } / factor[i][i] }
    for i in x.indices.reversed() { x[i] = (i + 1..<x.count).reduce(x[i]) { $0 - factor[$1][i] * x[$1] } / factor[i][i] }
    return x
  }
}
