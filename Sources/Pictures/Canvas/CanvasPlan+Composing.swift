extension CanvasPlan {
  /// The canvas as the image encoder's crops are cut from: a | a' over b | b, or over b | b' where a training pair has b'.
  ///
  /// Transparent pictures are laid on white.
  /// - Throws: `PicturesError.wrongSize` if a picture isn't of the planned size.
  public func canvas(a: Picture, aPrime: Picture, b: Picture, bPrime: Picture? = nil) throws -> Picture {
    try require(a, named: "a", self.a)
    try require(aPrime, named: "a'", self.aPrime)
    try require(b, named: "b", self.b)
    let left = try tile(b)
    let right = try bPrime.map(tile) ?? left
    let composed = try Picture.assembled(
      size: PictureSize(width: 2 * tile.width, height: 2 * tile.height), background: .white,
      pieces: [
        (try tile(a.cropped(to: aCrop)), 0, 0), (try tile(aPrime.cropped(to: aPrimeCrop)), tile.width, 0),
        (left, 0, tile.height), (right, tile.width, tile.height),
      ])
    return try composed.resized(to: canvas, filter: filter)
  }

  /// What the image encoder sees, in the order a, a', b.
  /// - Throws: `PicturesError.wrongSize` for a picture that isn't this plan's canvas.
  public func encoderPictures(of picture: Picture) throws -> [Picture] {
    try require(picture, named: "The canvas", canvas)
    return try crops.map(picture.cropped(to:))
  }

  /// The canvas at the size it goes through the autoencoder with (Pillow Lanczos, as diffusers' picture processor).
  /// - Throws: `PicturesError.wrongSize` for a picture that isn't this plan's canvas.
  public func contextPicture(of picture: Picture) throws -> Picture {
    try require(picture, named: "The canvas", canvas)
    return try picture.resized(to: context, filter: .lanczos)
  }

  /// b laid on white at the size the model works with: what `DetailTransfer` sends through the autoencoder as guide.
  /// - Throws: `PicturesError.wrongSize` if b isn't of the planned size.
  public func modelPicture(ofB b: Picture) throws -> Picture {
    try require(b, named: "b", self.b)
    return try b.composited().resized(to: paintedQuarter.size, filter: .lanczos)
  }

  /// Where b' lies in the painting: the lower right quarter, cut at half the width and half the height.
  public var paintedQuarter: PictureRectangle {
    let (x, y) = (target.width / 2, target.height / 2)
    return PictureRectangle(x: x, y: y, width: target.width - x, height: target.height - y)
  }

  /// b' cut out of the model's painting, still at the model's size.
  /// - Throws: `PicturesError.wrongSize` if the painting isn't `target` pixels.
  public func bPrime(fromCanvas painting: Picture) throws -> Picture {
    try require(painting, named: "The painting", target)
    return try painting.cropped(to: paintedQuarter)
  }

  /// b' at b's own size and framing (Pillow bicubic; `DetailTransfer` makes it crisp).
  /// - Throws: `PicturesError.wrongSize` if the picture isn't the painting's quarter.
  public func restored(_ bPrime: Picture) throws -> Picture {
    try require(bPrime, named: "b'", paintedQuarter.size)
    return try bPrime.resized(to: b, filter: .bicubic)
  }

  private func tile(_ picture: Picture) throws -> Picture {
    try picture.composited().resized(to: tile, filter: filter)
  }

  private func require(_ picture: Picture, named name: String, _ size: PictureSize) throws {
    guard picture.size == size else { throw PicturesError.wrongSize(what: name, expected: size, found: picture.size) }
  }
}
