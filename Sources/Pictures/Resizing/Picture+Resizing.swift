extension Picture {
  /// The picture stretched to `size`, equal to the bit to Pillow's `resize` of the RGB (with alpha: RGBA) picture. With alpha, colours
  /// are premultiplied meanwhile, so that those of invisible pixels don't bleed into visible ones.
  /// - Throws: `PicturesError.badSize` for sizes that are not positive or absurd.
  public func resized(to size: PictureSize, filter: ResamplingFilter = .lanczos) throws -> Picture {
    guard let count = size.pixelCount, count <= Picture.largestResize, size.width <= Picture.largestSide,
      size.height <= Picture.largestSide
    else { throw PicturesError.badSize(size) }
    if size == self.size { return self }
    guard let alpha else {
      let plane = Plane(size: self.size, channels: 3, samples: pixels).resized(to: size, filter: filter)
      return Picture(checked: size, pixels: plane.samples, alpha: nil)
    }
    let plane = Plane(premultiplying: pixels, by: alpha, size: self.size).resized(to: size, filter: filter)
    let (colors, coverage) = plane.unpremultiplied()
    return Picture(checked: size, pixels: colors, alpha: coverage)
  }

  /// No result larger than this many pixels is made.
  static let largestResize = 1 << 30
  static let largestSide = 1 << 20
}
