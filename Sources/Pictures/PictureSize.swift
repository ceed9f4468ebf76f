/// A size in pixels.
public struct PictureSize: Hashable, Codable, Sendable, CustomStringConvertible {
  public var width: Int
  public var height: Int

  public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

  /// `width`×`height`, as in error sentences and recipes.
  public var description: String { "\(width)×\(height)" }
  public var aspect: Double { Double(width) / Double(height) }

  /// The number of pixels, nil if a side is not positive or the product overflows.
  public var pixelCount: Int? {
    guard width > 0, height > 0 else { return nil }
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    return overflow ? nil : count
  }

  /// Width and height swapped, as after a quarter turn.
  public var transposed: PictureSize { PictureSize(width: height, height: width) }
}

/// A rectangle of whole pixels; y grows downwards.
public struct PictureRectangle: Hashable, Codable, Sendable {
  public var x, y, width, height: Int

  public init(x: Int, y: Int, width: Int, height: Int) { (self.x, self.y, self.width, self.height) = (x, y, width, height) }

  public var size: PictureSize { PictureSize(width: width, height: height) }

  /// Whether the rectangle has at least one pixel and lies inside a picture of `size`.
  public func fits(in size: PictureSize) -> Bool {
    x >= 0 && y >= 0 && width > 0 && height > 0 && width <= size.width && height <= size.height && x <= size.width - width
      && y <= size.height - height
  }
}
