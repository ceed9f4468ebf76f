import Foundation

/// How a stored picture must be turned to stand upright: the eight values of EXIF's tag 0x0112.
enum Orientation: UInt16, CaseIterable {
  case upright = 1
  case mirrored, halfTurn, flipped, transposed, clockwise, transversed, counterclockwise

  /// The orientation in an EXIF block (with or without its "Exif" prefix); upright if there is none or it makes no sense.
  init(exif block: Data?) {
    let directory = block.flatMap { block in
      TIFFDirectory(ByteReader(ByteReader(block).starts(with: "Exif\0\0") ? block.dropFirst(6) : block))
    }
    self = directory?.short(TIFFDirectory.orientation).flatMap(Orientation.init) ?? .upright
  }

  /// Whether rows become columns.
  var swapsSides: Bool { rawValue >= 5 }

  /// Where the pixel that belongs at (`x`, `y`) upright is stored in a picture of `size`.
  func stored(x: Int, y: Int, size: PictureSize) -> (x: Int, y: Int) {
    let (right, bottom) = (size.width - 1, size.height - 1)
    return switch self {
    case .upright: (x, y)
    case .mirrored: (right - x, y)
    case .halfTurn: (right - x, bottom - y)
    case .flipped: (x, bottom - y)
    case .transposed: (y, x)
    case .clockwise: (y, bottom - x)
    case .transversed: (right - y, bottom - x)
    case .counterclockwise: (right - y, x)
    }
  }
}

extension Picture {
  /// The picture upright, if it was stored with `orientation`.
  func turned(from orientation: Orientation) -> Picture {
    if orientation == .upright { return self }
    let target = orientation.swapsSides ? size.transposed : size
    return Picture(
      checked: target, pixels: turned(pixels, channels: Picture.channels, to: target, orientation),
      alpha: alpha.map { turned($0, channels: 1, to: target, orientation) })
  }

  private func turned(_ plane: [UInt8], channels: Int, to target: PictureSize, _ orientation: Orientation) -> [UInt8] {
    let origin = orientation.stored(x: 0, y: 0, size: size)
    let right = orientation.stored(x: 1, y: 0, size: size)
    let step = (right.x - origin.x + (right.y - origin.y) * width) * channels
    return [UInt8](count: plane.count) { output in
      plane.withUnsafeBufferPointer { input in
        var to = 0
        for y in 0..<target.height {
          let start = orientation.stored(x: 0, y: y, size: size)
          var from = (start.y * width + start.x) * channels
          for _ in 0..<target.width {
            for channel in 0..<channels { output[to + channel] = input[from + channel] }
            to += channels
            from += step
          }
        }
      }
    }
  }
}
