/// An 8-bit sRGB picture: interleaved RGB samples row by row from the top, and a coverage plane where the file had transparency.
///
/// Colours are not premultiplied by `alpha`. A picture is a plain value; it knows neither files nor tensors.
public struct Picture: Equatable, Sendable {
  public let width: Int
  public let height: Int
  /// RGB samples, `[height, width, 3]`.
  public let pixels: [UInt8]
  /// Coverage, `[height, width]`, 255 is opaque; nil if the picture has no transparency.
  public let alpha: [UInt8]?

  /// Samples a pixel in `pixels`.
  public static let channels = 3

  /// A picture from its samples.
  /// - Throws: `PicturesError.badSize` or `.sampleCount` where sizes and counts disagree.
  public init(width: Int, height: Int, pixels: [UInt8], alpha: [UInt8]? = nil) throws {
    let size = PictureSize(width: width, height: height)
    let count = try Picture.count(size)
    guard pixels.count == count * Picture.channels else {
      throw PicturesError.sampleCount(size: size, plane: "RGB", expected: count * Picture.channels, found: pixels.count)
    }
    if let alpha, alpha.count != count {
      throw PicturesError.sampleCount(size: size, plane: "alpha", expected: count, found: alpha.count)
    }
    self.init(checked: size, pixels: pixels, alpha: alpha)
  }

  /// A picture of one colour.
  /// - Throws: `PicturesError.badSize` for sizes that are not positive.
  public init(size: PictureSize, filledWith color: RGB) throws {
    let count = try Picture.count(size)
    let pixels = [UInt8](count: count * Picture.channels) { buffer in
      for pixel in 0..<count {
        (buffer[pixel * 3], buffer[pixel * 3 + 1], buffer[pixel * 3 + 2]) = (color.red, color.green, color.blue)
      }
    }
    self.init(checked: size, pixels: pixels, alpha: nil)
  }

  /// For callers inside the room that have made the planes to measure.
  init(checked size: PictureSize, pixels: [UInt8], alpha: [UInt8]?) {
    (width, height, self.pixels, self.alpha) = (size.width, size.height, pixels, alpha)
  }

  private static func count(_ size: PictureSize) throws -> Int {
    guard let count = size.pixelCount, count <= Int.max / channels else { throw PicturesError.badSize(size) }
    return count
  }

  public var size: PictureSize { PictureSize(width: width, height: height) }
}

extension [UInt8] {
  /// `count` samples, all of which `write` writes.
  init(count: Int, writing write: (UnsafeMutableBufferPointer<UInt8>) throws -> Void) rethrows {
    try self.init(unsafeUninitializedCapacity: count) { buffer, filled in
      try write(buffer)
      filled = count
    }
  }
}

/// An 8-bit sRGB colour.
public struct RGB: Hashable, Codable, Sendable {
  public var red, green, blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) { (self.red, self.green, self.blue) = (red, green, blue) }

  /// Paper white, what transparent pictures are laid on for the model.
  public static let white = RGB(255, 255, 255)
}
