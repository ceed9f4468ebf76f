extension CanvasPlan {
  /// The canvas that the model and, cut, its image encoder see: a | a' over b | b, or over b | b' where a training pair has b'.
  ///
  /// Transparent pictures are laid on white.
  /// - Throws: `PicturesError.wrongSize` if a picture isn't of the planned size.
  public func canvas(a: Picture, aPrime: Picture, b: Picture, bPrime: Picture? = nil) throws -> Picture {
    try require(a, named: "a", self.a)
    try require(aPrime, named: "a'", self.aPrime)
    try require(b, named: "b", self.b)
    let left = try tile(b)
    let right = try bPrime.map(tile) ?? left
    return try Picture.assembled(
      size: canvas, background: .white,
      pieces: [
        (try tile(a.cropped(to: aCrop)), 0, 0), (try tile(aPrime.cropped(to: aPrimeCrop)), tile.width, 0),
        (left, 0, tile.height), (right, tile.width, tile.height),
      ])
  }

  /// b laid on white at the size the model works with: what `DetailTransfer` sends through the autoencoder as guide.
  /// - Throws: `PicturesError.wrongSize` if b isn't of the planned size.
  public func modelPicture(ofB b: Picture) throws -> Picture {
    try require(b, named: "b", self.b)
    return try b.composited().resized(to: paintedQuarter.size, filter: .lanczos)
  }

  /// b' cut out of the model's painting, still at the model's size.
  /// - Throws: `PicturesError.wrongSize` if the painting isn't the canvas's size.
  public func bPrime(fromCanvas painting: Picture) throws -> Picture {
    try require(painting, named: "The painting", canvas)
    return try painting.cropped(to: paintedQuarter)
  }

  /// b' at b's own size and framing (Pillow bicubic; `DetailTransfer` makes it crisp).
  /// - Throws: `PicturesError.wrongSize` if the picture isn't the painting's quarter.
  public func restored(_ bPrime: Picture) throws -> Picture {
    try require(bPrime, named: "b'", paintedQuarter.size)
    return try bPrime.resized(to: b, filter: .bicubic)
  }

  private func tile(_ picture: Picture) throws -> Picture { try picture.composited().resized(to: tile, filter: .lanczos) }

  private func require(_ picture: Picture, named name: String, _ size: PictureSize) throws {
    guard picture.size == size else { throw PicturesError.wrongSize(what: name, expected: size, found: picture.size) }
  }
}
