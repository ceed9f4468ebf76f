import Foundation
import LoRWeBPictures

/// A picture with coverage, colours multiplied by it, ready to be laid on rasters.
struct Sprite: Sendable {
  let width, height: Int
  /// Premultiplied colours with coverage in the fourth lane, `[height, width]`.
  let pixels: [Pixel]

  init(_ picture: Picture) {
    (width, height) = (picture.width, picture.height)
    let (samples, alpha) = (picture.pixels, picture.alpha)
    pixels = (0..<width * height).map { at in
      let coverage = alpha.map { Float($0[at]) / 255 } ?? 1
      let scale = coverage / 255
      return Pixel(
        Float(samples[at * 3]) * scale, Float(samples[at * 3 + 1]) * scale, Float(samples[at * 3 + 2]) * scale, coverage)
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
    let reach = SIMD2(abs(extent.x * cosine) + abs(extent.y * sine), abs(extent.x * sine) + abs(extent.y * cosine))
    let (low, high) = ((placement.center - reach) * Float(side), (placement.center + reach) * Float(side))
    let columns = Range(covering: low.x, high.x, of: side)
    let rows = Range(covering: low.y, high.y, of: side)
    // How far each sample lies along the sprite's axes, columns' and rows' part apart, so that none is computed twice.
    func turned(_ lines: Range<Int>, from center: Float) -> [(along: Float, across: Float)] {
      lines.flatMap { line in
        (0..<samples).map { sample in
          let offset = (Float(line) + (Float(sample) + 0.5) / Float(samples)) / Float(side) - center
          return (offset * cosine, offset * sine)
        }
      }
    }
    let (byColumn, byRow) = (turned(columns, from: placement.center.x), turned(rows, from: placement.center.y))
    let middle = SIMD2(Float(width) / 2, Float(height) / 2)
    let weight = 1 / Float(samples * samples)
    pixels.withUnsafeBufferPointer { source in
      for row in rows {
        for column in columns {
          var sum = Pixel.zero
          for y in byRow[(row - rows.lowerBound) * samples..<(row - rows.lowerBound + 1) * samples] {
            for x in byColumn[(column - columns.lowerBound) * samples..<(column - columns.lowerBound + 1) * samples] {
              let u = (x.along + y.across) / placement.stretch.x * pixelsPerUnit
              let v = (y.along - x.across) / placement.stretch.y * pixelsPerUnit
              sum += sample(source, (placement.isMirrored ? -u : u) + middle.x - 0.5, v + middle.y - 0.5)
            }
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
    }
    return mask
  }

  /// Between the sprite's pixels; nothing outside.
  private func sample(_ source: UnsafeBufferPointer<Pixel>, _ x: Float, _ y: Float) -> Pixel {
    guard x > -1, y > -1, x < Float(width), y < Float(height) else { return .zero }
    let (left, top) = (Self.floor(x), Self.floor(y))
    let (u, v) = (x - Float(left), y - Float(top))
    let here = top * width + left
    let corners: (Pixel, Pixel, Pixel, Pixel)
    if left >= 0, top >= 0, left + 1 < width, top + 1 < height {
      corners = (source[here], source[here + 1], source[here + width], source[here + width + 1])
    } else {
      func pixel(_ column: Int, _ row: Int) -> Pixel {
        column >= 0 && row >= 0 && column < width && row < height ? source[row * width + column] : .zero
      }
      corners = (pixel(left, top), pixel(left + 1, top), pixel(left, top + 1), pixel(left + 1, top + 1))
    }
    let upper = corners.0 * (1 - u) + corners.1 * u
    let lower = corners.2 * (1 - u) + corners.3 * u
    return upper * (1 - v) + lower * v
  }

  /// `rounded(.down)` is a call into the C library on the oldest processors that programs are built for.
  private static func floor(_ value: Float) -> Int {
    let whole = Int(value)
    return value < Float(whole) ? whole - 1 : whole
  }
}

extension Raster {
  func with(_ sprite: Sprite, at center: SIMD2<Float>, size: Float, rotation: Float = 0) -> Raster {
    var result = self
    _ = sprite.lay(on: &result, Sprite.Placement(center: center, size: size, rotation: rotation))
    return result
  }
}
