extension LocalColorMap {
  /// The map, enlarged bilinearly (pixel centres, as `align_corners=False`), on every pixel of `picture`, blended with `enlarged`.
  func applied(to picture: Picture, enlarged: Picture) -> Picture {
    let across = Self.positions(from: width, to: picture.width)
    let down = Self.positions(from: height, to: picture.height)
    var row = [Column](repeating: columns[0], count: width + 1)
    let pixels = [UInt8](count: picture.pixels.count) { output in
      picture.pixels.withUnsafeBufferPointer { real in
        enlarged.pixels.withUnsafeBufferPointer { soft in
          row.withUnsafeMutableBufferPointer { row in
            for y in 0..<picture.height {
              interpolate(down[y], into: row)
              let start = y * picture.width * 3
              for x in 0..<picture.width { Self.mix(row, across[x], real: real, soft: soft, into: output, at: start + x * 3) }
            }
          }
        }
      }
    }
    return Picture(checked: picture.size, pixels: pixels, alpha: nil)
  }

  /// Where an output pixel's centre lies between two input pixels: the first one and the share of the next.
  private struct Position {
    let index: Int
    let share: Float
  }

  private static func positions(from input: Int, to output: Int) -> [Position] {
    (0..<output).map { position in
      let center = min(max((Double(position) + 0.5) * Double(input) / Double(output) - 0.5, 0), Double(input - 1))
      let index = Int(center)
      return Position(index: index, share: Float(center - Double(index)))
    }
  }

  /// One row of the map between two of its rows; the last column is repeated, so that every pixel has a right neighbour.
  private func interpolate(_ position: Position, into row: UnsafeMutableBufferPointer<Column>) {
    columns.withUnsafeBufferPointer { columns in
      let upper = position.index * width
      let lower = min(position.index + 1, height - 1) * width
      for x in 0..<width { row[x] = columns[upper + x].mixed(with: columns[lower + x], share: position.share) }
      row[width] = row[width - 1]
    }
  }

  @inline(__always)
  private static func mix(
    _ row: UnsafeMutableBufferPointer<Column>, _ position: Position, real: UnsafeBufferPointer<UInt8>,
    soft: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>, at index: Int
  ) {
    let map = row[position.index].mixed(with: row[position.index + 1], share: position.share)
    let (red, green, blue) = (Float(real[index]), Float(real[index + 1]), Float(real[index + 2]))
    let carried = map.red * red + map.green * green + map.blue * blue + map.offset * 255
    let painted = SIMD4<Float>(Float(soft[index]), Float(soft[index + 1]), Float(soft[index + 2]), 0)
    let bounded = carried.clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255))
    let color = bounded + (painted - bounded) * map.offset.w + 0.5
    output[index] = UInt8(color.x)
    output[index + 1] = UInt8(color.y)
    output[index + 2] = UInt8(color.z)
  }
}

extension LocalColorMap.Column {
  @inline(__always)
  func mixed(with other: Self, share: Float) -> Self {
    Self(
      red: red + (other.red - red) * share, green: green + (other.green - green) * share,
      blue: blue + (other.blue - blue) * share, offset: offset + (other.offset - offset) * share)
  }
}
