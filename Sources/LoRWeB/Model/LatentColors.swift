import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// A linear map from latents to colours: a picture of what is being painted for the price of a small matrix product. It is found
/// by least squares from one picture and its own latents, so it knows no model's numbers and fits every autoencoder.
struct LatentColors {
  /// Rows of red, green and blue: a weight a latent channel, then the constant.
  private let rows: [[Double]]

  /// From any picture and its latents [1, C, h, w].
  init(picture: Picture, latents: Tensor) throws {
    let (height, width) = (latents.size(2), latents.size(3))
    let small = try picture.composited().resized(to: PictureSize(width: width, height: height), filter: .lanczos)
    let inputs = Self.points(latents)
    var (normal, sides) = ([[Double]](), [[Double]](repeating: [], count: 3))
    let count = inputs.first?.count ?? 0
    for i in 0..<count {
      normal.append((0..<count).map { j in inputs.reduce(0) { $0 + $1[i] * $1[j] } + (i == j ? 1e-3 : 0) })
      for channel in 0..<3 {
        sides[channel].append(
          inputs.enumerated().reduce(0) { $0 + $1.element[i] * Double(small.pixels[$1.offset * Picture.channels + channel]) })
      }
    }
    rows = sides.map { Self.solution(of: normal, $0) }
  }

  /// A picture of latents [1, C, h, w], a pixel a latent.
  func picture(of latents: Tensor) throws -> Picture {
    let pixels = Self.points(latents).flatMap { point in
      rows.map { row in UInt8(min(max(zip(row, point).reduce(0) { $0 + $1.0 * $1.1 }, 0), 255).rounded()) }
    }
    return try Picture(width: latents.size(3), height: latents.size(2), pixels: pixels)
  }

  /// A latent's channels and 1, in row-major order.
  private static func points(_ latents: Tensor) -> [[Double]] {
    let flat = latents.to(.cpu).to(.float32).selected(0, 0).flattened(from: 1).transposed(0, 1).contiguous()  // [h w, C]
    let (values, channels) = (flat.array(of: Float.self), latents.size(1))
    return stride(from: 0, to: values.count, by: max(channels, 1)).map { start in
      values[start..<start + channels].map(Double.init) + [1]
    }
  }

  /// Of symmetric positive equations, by elimination.
  private static func solution(of matrix: [[Double]], _ side: [Double]) -> [Double] {
    var rows = zip(matrix, side).map { $0 + [$1] }
    let count = rows.count
    for pivot in 0..<count where rows[pivot][pivot] != 0 {
      for other in 0..<count where other != pivot {
        let factor = rows[other][pivot] / rows[pivot][pivot]
        for column in pivot...count { rows[other][column] -= factor * rows[pivot][column] }
      }
    }
    return (0..<count).map { rows[$0][$0] == 0 ? 0 : rows[$0][count] / rows[$0][$0] }
  }
}
