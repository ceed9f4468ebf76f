import LoRWeBPictures

extension TrainingCanvas {
  /// The published training's way to a canvas, for parity with it.
  ///
  /// a, a′ and b become a strip of three pictures, each brought to the smallest width and height among them (Lanczos; a prepared
  /// set has the strip as a file, saved as JPEG on the way, which isn't repeated here). The strip is brought to three times the
  /// width of b′ and its height (bicubic), cut in three and laid out at twice the size of b′; the whole grid is scaled to cover
  /// its bucket (bicubic) and its middle cut out.
  init(paper pictures: [Picture], resolution: Int, crops: Crops) throws {
    let bPrime = pictures[3].composited()
    let (width, height) = (bPrime.width, bPrime.height)
    guard let choice = AspectBuckets.choice(for: bPrime.size, resolution: resolution) else {
      throw PicturesError.noCanvas(reason: "b′ is \(bPrime.size), too small for any of the buckets")
    }
    let strip = try Self.strip(pictures.prefix(3).map { $0.composited() })
      .resized(to: PictureSize(width: 3 * width, height: height), filter: .bicubic)
    let parts = try PictureSource.Slice.thirds.map { try $0.cut(from: strip) }
    let grid = try Picture.assembled(
      size: PictureSize(width: 2 * width, height: 2 * height), background: .white,
      pieces: [(parts[0], 0, 0), (parts[1], width, 0), (parts[2], 0, height), (bPrime, width, height)])
    let (bucket, scaled) = choice
    let (x, y) = ((scaled.width - bucket.width) / 2, (scaled.height - bucket.height) / 2)
    let target = try grid.resized(to: scaled, filter: .bicubic)
      .cropped(to: PictureRectangle(x: x, y: y, width: bucket.width, height: bucket.height))
    let control = try target.repeatingLowerLeft()
    let cut = PictureSize(width: crops == .quarters ? bucket.width / 2 : bucket.height / 2, height: bucket.height / 2)
    guard cut.width < bucket.width else {
      throw PicturesError.noCanvas(
        reason: "the published crops cut a \(bucket) canvas at \(cut.width) on both axes, which leaves nothing of a′; "
          + "use crops of quarters")
    }
    self.init(
      target: target, control: control, crops: bucket.parts(cutAt: cut.width, cut.height).dropLast(),
      losesLevels: crops == .compatible)
  }

  /// a | a′ | b at their smallest width and height. Thirds of one file have them already, up to a column that doesn't divide.
  private static func strip(_ pictures: [Picture]) throws -> Picture {
    let tile = PictureSize(width: pictures.map(\.width).min() ?? 0, height: pictures.map(\.height).min() ?? 0)
    let tiles = try pictures.map { try $0.resized(to: tile, filter: .lanczos) }
    return try Picture.assembled(
      size: PictureSize(width: 3 * tile.width, height: tile.height), background: .white,
      pieces: tiles.enumerated().map { ($1, $0 * tile.width, 0) })
  }
}

extension PictureSize {
  /// The four parts of a picture cut at a column and a row, by rows.
  func parts(cutAt x: Int, _ y: Int) -> [PictureRectangle] {
    [(0, 0, x, y), (x, 0, width - x, y), (0, y, x, height - y), (x, y, width - x, height - y)].map {
      PictureRectangle(x: $0.0, y: $0.1, width: $0.2, height: $0.3)
    }
  }
}

extension Picture {
  /// The canvas with its lower left quarter again at the lower right.
  func repeatingLowerLeft() throws -> Picture {
    let (x, y) = (width / 2, height / 2)
    let quarter = try cropped(to: size.parts(cutAt: x, y)[2])
    return try Picture.assembled(size: size, background: .white, pieces: [(self, 0, 0), (quarter, x, y)])
  }

  /// The picture as it comes back from float32 in −1…1 when levels are truncated, as the published training hands it to CLIP.
  func throughSignedRange() throws -> Picture {
    let levels = (0...255).map { level -> UInt8 in
      let signed = (Float(level) / 255 - 0.5) / 0.5
      return UInt8(min(max((signed + 1) / 2 * 255, 0), 255))
    }
    return try Picture(width: width, height: height, pixels: pixels.map { levels[Int($0)] })
  }
}
