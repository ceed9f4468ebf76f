import Foundation

/// A separable Gaussian over float planes `[height, width, channels]`, cut off at 3σ; borders are mirrored about their pixel.
struct GaussianWindow {
  private let taps: [Float]
  private let reach: Int

  init(sigma: Double) {
    let reach = Int(3 * sigma)
    let bell = (-reach...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = bell.reduce(0, +)
    taps = bell.map { Float($0 / sum) }
    self.reach = reach
  }

  func smoothed(_ plane: FloatPlane) -> FloatPlane {
    let length = plane.width * plane.channels
    let across = filled(plane.samples.count) { output in
      plane.samples.withUnsafeBufferPointer { input in
        for row in 0..<plane.height {
          for column in 0..<plane.width {
            let to = row * length + column * plane.channels
            for (tap, weight) in taps.enumerated() {
              let from = row * length + mirrored(column + tap - reach, plane.width) * plane.channels
              for channel in 0..<plane.channels { output[to + channel] += weight * input[from + channel] }
            }
          }
        }
      }
    }
    let both = filled(plane.samples.count) { output in
      across.withUnsafeBufferPointer { input in
        for row in 0..<plane.height {
          for (tap, weight) in taps.enumerated() {
            let from = mirrored(row + tap - reach, plane.height) * length
            for index in 0..<length { output[row * length + index] += weight * input[from + index] }
          }
        }
      }
    }
    return FloatPlane(width: plane.width, height: plane.height, channels: plane.channels, samples: both)
  }

  private func filled(_ count: Int, _ body: (UnsafeMutableBufferPointer<Float>) -> Void) -> [Float] {
    var samples = [Float](repeating: 0, count: count)
    samples.withUnsafeMutableBufferPointer { body($0) }
    return samples
  }

  /// The position inside 0..<count a position outside mirrors, again and again where the window is wider than the plane.
  private func mirrored(_ position: Int, _ count: Int) -> Int {
    if position >= 0, position < count { return position }
    if count == 1 { return 0 }
    let period = 2 * (count - 1)
    let inside = (position % period + period) % period
    return inside < count ? inside : period - inside
  }
}

/// Interleaved float samples, `[height, width, channels]`.
struct FloatPlane {
  let width, height, channels: Int
  var samples: [Float]
}

extension FloatPlane {
  /// A picture's samples in 0...1.
  init(_ picture: Picture) {
    self.init(width: picture.width, height: picture.height, channels: 3, samples: picture.pixels.map { Float($0) / 255 })
  }

  /// A plane of as many pixels, each computed from the pixel's index.
  func mapped(channels: Int, _ body: (_ pixel: Int, _ output: UnsafeMutablePointer<Float>) -> Void) -> FloatPlane {
    var result = [Float](repeating: 0, count: width * height * channels)
    result.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for pixel in 0..<width * height { body(pixel, base + pixel * channels) }
    }
    return FloatPlane(width: width, height: height, channels: channels, samples: result)
  }

  /// The three samples of a pixel of a colour plane.
  func color(_ pixel: Int) -> SIMD3<Float> { SIMD3(samples[pixel * 3], samples[pixel * 3 + 1], samples[pixel * 3 + 2]) }
}
