import Foundation
import LoRWeBPictures

/// A picture with coverage, colours multiplied by it, ready to be laid on rasters.
struct Sprite: Sendable {
  let width, height: Int
  /// Premultiplied colours with coverage in the fourth lane, `[height, width]`.
  let pixels: [Pixel]

  init(_ picture: Picture) {
    width = picture.width
    height = picture.height
    let count = picture.width * picture.height
    let alpha = picture.alpha
    pixels = [Pixel](unsafeUninitializedCapacity: count) { buffer, filled in
      picture.pixels.withUnsafeBufferPointer { samples in
        for at in 0..<count {
          let coverage = alpha.map { Float($0[at]) / 255 } ?? 1
          let scale = coverage / 255
          buffer[at] = Pixel(
            Float(samples[at * 3]) * scale, Float(samples[at * 3 + 1]) * scale, Float(samples[at * 3 + 2]) * scale, coverage)
        }
      }
      filled = count
    }
  }

  /// Where and how a sprite is laid: lengths in units of the raster's side.
  struct Placement: Sendable {
    var center: SIMD2<Float>
    /// Its longest side before stretching.
    var size: Float
    var stretch = SIMD2<Float>(1, 1)
    /// In radians, clockwise.
    var rotation: Float = 0
    var isMirrored = false
  }

  /// Lays the sprite on a raster.
  /// - Returns: its coverage there.
  func lay(on raster: inout Raster, _ placement: Placement) -> Mask {
    let side = raster.side
    var mask = Mask(side: side)
    let pixelsPerUnit = Float(max(width, height)) / max(placement.size, 1e-3)
    // Enough samples a pixel that no pixel of the sprite is passed over.
    let samples = min(4, max(1, Int((pixelsPerUnit / (Float(side) * placement.stretch.min()) - 0.2).rounded(.up))))
    let (sine, cosine) = (sin(placement.rotation), cos(placement.rotation))
    let extent = SIMD2(Float(width), Float(height)) / pixelsPerUnit * placement.stretch / 2
    let reach = SIMD2(
      abs(extent.x * cosine) + abs(extent.y * sine), abs(extent.x * sine) + abs(extent.y * cosine))
    let low = (placement.center - reach) * Float(side)
    let high = (placement.center + reach) * Float(side)
    let columns = Range(covering: low.x, high.x, of: side)
    let weight = 1 / Float(samples * samples)
    for row in Range(covering: low.y, high.y, of: side) {
      for column in columns {
        var sum = Pixel.zero
        for sample in 0..<samples * samples {
          let x = (Float(column) + (Float(sample % samples) + 0.5) / Float(samples)) / Float(side) - placement.center.x
          let y = (Float(row) + (Float(sample / samples) + 0.5) / Float(samples)) / Float(side) - placement.center.y
          var u = (x * cosine + y * sine) / placement.stretch.x * pixelsPerUnit
          let v = (y * cosine - x * sine) / placement.stretch.y * pixelsPerUnit
          if placement.isMirrored { u = -u }
          sum += self.sample(u + Float(width) / 2 - 0.5, v + Float(height) / 2 - 0.5)
        }
        sum *= weight
        let at = row * side + column
        let coverage = sum.w
        guard coverage > 0 else { continue }
        sum.w = 0
        raster.pixels[at] = raster.pixels[at] * (1 - coverage) + sum
        mask.values[at] = coverage
      }
    }
    return mask
  }

  /// Between the sprite's pixels; nothing outside.
  private func sample(_ x: Float, _ y: Float) -> Pixel {
    guard x > -1, y > -1, x < Float(width), y < Float(height) else { return .zero }
    let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
    let (u, v) = (x - Float(left), y - Float(top))
    func pixel(_ column: Int, _ row: Int) -> Pixel {
      column >= 0 && row >= 0 && column < width && row < height ? pixels[row * width + column] : .zero
    }
    let upper = pixel(left, top) * (1 - u) + pixel(left + 1, top) * u
    let lower = pixel(left, top + 1) * (1 - u) + pixel(left + 1, top + 1) * u
    return upper * (1 - v) + lower * v
  }
}

extension Raster {
  /// The raster with a sprite laid on it.
  func with(_ sprite: Sprite, at center: SIMD2<Float>, size: Float, rotation: Float = 0) -> Raster {
    var result = self
    _ = sprite.lay(on: &result, Sprite.Placement(center: center, size: size, rotation: rotation))
    return result
  }
}
