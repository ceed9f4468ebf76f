import Foundation

/// What strong JPEG compression does to a picture: 8×8 cosine blocks, coarsely rounded, colour at half resolution.
///
/// Written out rather than asked of a codec, so that the blocks are the same with every library.
extension Raster {
  func compressed(quality: Float) -> Raster {
    let strength = quality < 50 ? 50 / quality : 2 - quality / 50
    var (luma, blue, red) = (Mask(side: side), Mask(side: side), Mask(side: side))
    for (at, pixel) in pixels.enumerated() {
      let y = pixel.luma
      luma.values[at] = y
      blue.values[at] = (pixel.z - y) * 0.564
      red.values[at] = (pixel.x - y) * 0.713
    }
    luma.roundBlocks(strength: strength, isColor: false)
    blue.roundBlocks(strength: strength, isColor: true)
    red.roundBlocks(strength: strength, isColor: true)
    var result = self
    for at in pixels.indices {
      let (y, u, v) = (luma.values[at], blue.values[at], red.values[at])
      result.pixels[at] = Pixel.rgb(y + 1.403 * v, y - 0.344 * u - 0.714 * v, y + 1.773 * u).inUnitRange
    }
    return result
  }
}

extension Mask {
  /// The cosine basis: `[frequency, place]`.
  private static let cosines: [Float] = (0..<64).map { index in
    let frequency = Float(index / 8)
    let place = Float(index % 8)
    let norm: Float = frequency == 0 ? 0.125 : 0.25
    return cosf((2 * place + 1) * frequency * Float.pi / 16) * norm.squareRoot()
  }

  fileprivate mutating func roundBlocks(strength: Float, isColor: Bool) {
    // Colour blocks are twice as large in the picture; here their upper frequencies are cut instead.
    let limit = isColor ? 4 : 8
    var (block, half) = ([Float](repeating: 0, count: 64), [Float](repeating: 0, count: 64))
    let basis = Mask.cosines
    for top in stride(from: 0, to: side - 7, by: 8) {
      for left in stride(from: 0, to: side - 7, by: 8) {
        for row in 0..<8 {
          for frequency in 0..<limit {
            var sum: Float = 0
            for place in 0..<8 { sum += basis[frequency * 8 + place] * values[(top + row) * side + left + place] }
            half[row * 8 + frequency] = sum
          }
        }
        for frequency in 0..<limit {
          for across in 0..<limit {
            var sum: Float = 0
            for row in 0..<8 { sum += basis[frequency * 8 + row] * half[row * 8 + across] }
            // Steps that grow with frequency, about the standard's tables.
            let least: Float = isColor ? 17 : 12
            let growth: Float = isColor ? 12 : 6
            let size = (least + growth * Float(frequency + across)) * strength / 255
            block[frequency * 8 + across] = (sum / size).rounded() * size
          }
        }
        for frequency in 0..<limit {
          for place in 0..<8 {
            var sum: Float = 0
            for across in 0..<limit { sum += basis[across * 8 + place] * block[frequency * 8 + across] }
            half[frequency * 8 + place] = sum
          }
        }
        for row in 0..<8 {
          for place in 0..<8 {
            var sum: Float = 0
            for frequency in 0..<limit { sum += basis[frequency * 8 + row] * half[frequency * 8 + place] }
            values[(top + row) * side + left + place] = sum
          }
        }
      }
    }
  }
}
