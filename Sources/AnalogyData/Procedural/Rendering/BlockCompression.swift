import Foundation

/// What strong JPEG compression does to a picture: 8×8 cosine blocks, coarsely rounded, colour at half resolution.
///
/// Written out rather than asked of a codec, so that the blocks are the same with every library.
extension Raster {
  func compressed(quality: Float) -> Raster {
    let strength = quality < 50 ? 50 / quality : 2 - quality / 50
    var luma = luma
    var blue = Mask(side: side, values: pixels.map { ($0.z - $0.luma) * 0.564 })
    var red = Mask(side: side, values: pixels.map { ($0.x - $0.luma) * 0.713 })
    luma.roundBlocks(strength: strength, isColor: false)
    blue.roundBlocks(strength: strength, isColor: true)
    red.roundBlocks(strength: strength, isColor: true)
    return map(with: luma) { Pixel.gray($1) }.map(with: blue) { $0 + $1 * .rgb(0, -0.344, 1.773) }
      .map(with: red) { ($0 + $1 * .rgb(1.403, -0.714, 0)).inUnitRange }
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
    let basis = Mask.cosines
    /// A block whose every number is a sum over eight places, or over the frequencies that count.
    func summed(_ rows: Int, _ columns: Int, over count: Int, _ term: (Int, Int, Int) -> Float) -> [Float] {
      var sums = [Float](repeating: 0, count: 64)
      for row in 0..<rows {
        for column in 0..<columns { for at in 0..<count { sums[row * 8 + column] += term(row, column, at) } }
      }
      return sums
    }
    for top in stride(from: 0, to: side - 7, by: 8) {
      for left in stride(from: 0, to: side - 7, by: 8) {
        let across = summed(8, limit, over: 8) { basis[$1 * 8 + $2] * values[(top + $0) * side + left + $2] }
        var block = summed(limit, limit, over: 8) { basis[$0 * 8 + $2] * across[$2 * 8 + $1] }
        for at in block.indices {
          // Steps that grow with frequency, about the standard's tables.
          let (least, growth): (Float, Float) = isColor ? (17, 12) : (12, 6)
          let size = (least + growth * Float(at / 8 + at % 8)) * strength / 255
          block[at] = (block[at] / size).rounded() * size
        }
        let half = summed(limit, 8, over: limit) { basis[$2 * 8 + $1] * block[$0 * 8 + $2] }
        let whole = summed(8, 8, over: limit) { basis[$2 * 8 + $0] * half[$2 * 8 + $1] }
        for at in whole.indices { values[(top + at / 8) * side + left + at % 8] = whole[at] }
      }
    }
  }
}
