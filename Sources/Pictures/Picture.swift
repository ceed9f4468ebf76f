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
  /// - Parameters:
  ///   - pixels: RGB samples, `[height, width, 3]`.
  ///   - alpha: coverage `[height, width]`, or nil.
  /// - Throws: `PicturesError.badSize` or `.sampleCount` where sizes and counts disagree.
  public init(width: Int, height: Int, pixels: [UInt8], alpha: [UInt8]? = nil) throws {
    let size = PictureSize(width: width, height: height)
    guard let count = size.pixelCount, count <= Int.max / Picture.channels else { throw PicturesError.badSize(size) }
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
    guard let count = size.pixelCount, count <= Int.max / Picture.channels else { throw PicturesError.badSize(size) }
    let pixels = [UInt8](unsafeUninitializedCapacity: count * Picture.channels) { buffer, filled in
      for pixel in 0..<count {
        buffer[pixel * 3] = color.red
        buffer[pixel * 3 + 1] = color.green
        buffer[pixel * 3 + 2] = color.blue
      }
      filled = count * Picture.channels
    }
    self.init(checked: size, pixels: pixels, alpha: nil)
  }

  /// For callers inside the room that have made the planes to measure.
  init(checked size: PictureSize, pixels: [UInt8], alpha: [UInt8]?) {
    width = size.width
    height = size.height
    self.pixels = pixels
    self.alpha = alpha
  }

  public var size: PictureSize { PictureSize(width: width, height: height) }
}

/// An 8-bit sRGB colour.
public struct RGB: Hashable, Codable, Sendable {
  public var red, green, blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// Paper white, what transparent pictures are laid on for the model.
  public static let white = RGB(255, 255, 255)
}
