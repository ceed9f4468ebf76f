/// Alpha, cropping and pasting.
extension Picture {
  /// The opaque picture seen when this one lies on a sheet of `color`, blended on the sRGB samples as browsers and image editors do,
  /// rounded to the nearest level; itself if it has no alpha.
  public func composited(on color: RGB = .white) -> Picture {
    guard let alpha else { return self }
    let sheet = [Int32(color.red), Int32(color.green), Int32(color.blue)]
    let blended = [UInt8](count: pixels.count) { buffer in
      for pixel in 0..<alpha.count {
        let coverage = Int32(alpha[pixel])
        for channel in 0..<3 {
          let sum = Int32(pixels[pixel * 3 + channel]) * coverage + sheet[channel] * (255 - coverage)
          buffer[pixel * 3 + channel] = UInt8(truncatingIfNeeded: (sum + 127) / 255)
        }
      }
    }
    return Picture(checked: size, pixels: blended, alpha: nil)
  }

  /// The same colours under another coverage plane `[height, width]`; nil makes the picture opaque.
  /// - Throws: `PicturesError.sampleCount` if the plane belongs to a picture of another size.
  public func withAlpha(_ alpha: [UInt8]?) throws -> Picture {
    if let alpha, alpha.count != width * height {
      throw PicturesError.sampleCount(size: size, plane: "alpha", expected: width * height, found: alpha.count)
    }
    return Picture(checked: size, pixels: pixels, alpha: alpha)
  }

  /// The part of the picture inside `rectangle`.
  /// - Throws: `PicturesError.cropOutside` if it is empty or reaches outside.
  public func cropped(to rectangle: PictureRectangle) throws -> Picture {
    guard rectangle.fits(in: size) else { throw PicturesError.cropOutside(rectangle, size: size) }
    if rectangle.size == size { return self }
    return Picture(
      checked: rectangle.size, pixels: crop(pixels, channels: Picture.channels, to: rectangle),
      alpha: alpha.map { crop($0, channels: 1, to: rectangle) })
  }

  private func crop(_ plane: [UInt8], channels: Int, to rectangle: PictureRectangle) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(rectangle.width * rectangle.height * channels)
    for row in rectangle.y..<rectangle.y + rectangle.height {
      let start = (row * width + rectangle.x) * channels
      result.append(contentsOf: plane[start..<start + rectangle.width * channels])
    }
    return result
  }

  /// `pieces` laid on a sheet of `background`, each with its upper left corner at (x, y); alpha is laid on the background.
  public static func assembled(
    size: PictureSize, background: RGB, pieces: [(picture: Picture, x: Int, y: Int)]
  ) throws -> Picture {
    var pixels = try Picture(size: size, filledWith: background).pixels
    for (picture, x, y) in pieces {
      let place = PictureRectangle(x: x, y: y, width: picture.width, height: picture.height)
      guard place.fits(in: size) else { throw PicturesError.cropOutside(place, size: size) }
      let opaque = picture.composited(on: background).pixels
      for row in 0..<picture.height {
        let to = ((y + row) * size.width + x) * channels
        let from = row * picture.width * channels
        pixels.replaceSubrange(to..<to + picture.width * channels, with: opaque[from..<from + picture.width * channels])
      }
    }
    return Picture(checked: size, pixels: pixels, alpha: nil)
  }
}
