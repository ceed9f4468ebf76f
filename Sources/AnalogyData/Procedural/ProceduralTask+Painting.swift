import LoRWeBPictures

extension ProceduralTask {
  /// The task done to a picture of one's own, so that there is a pair to show: its middle square before and after.
  ///
  /// Only tasks that look at nothing but the picture can: others need to know where objects are.
  /// - Parameter variant: which of the task's values, taken modulo their number.
  /// - Throws: `ProceduralError.needsScene` for other tasks; `PicturesError` for pictures smaller than 32 pixels.
  public func pair(on picture: Picture, variant: Int = 0, seed: UInt64 = 0) throws -> ProceduralPair {
    guard need == .pixels, glyphs.isEmpty, !takesPlace else { throw ProceduralError.needsScene(task: id) }
    let drawn = max(32, min(picture.width, picture.height) / 8 * 8)
    let square = try picture.composited().cropped(to: picture.middleSquare)
      .resized(to: PictureSize(width: drawn, height: drawn))
    let raster = Raster(square, x: 0, y: 0, crop: drawn, mirrored: false, side: drawn)
    let theta = Theta(variant: ((variant % variants) + variants) % variants, overlay: seed, place: nil, glyphs: [:])
    let shot = Shot(scene: Scene(background: raster, objects: []), picture: raster, masks: [], seed: seed)
    let painted = edit(shot, theta).picture.inUnitRange
    let (before, after) = isInverse ? (painted, raster) : (raster, painted)
    return ProceduralPair(
      before: try before.picture(), after: try after.picture(), task: id, variant: theta.variant,
      instruction: instruction(variant: theta.variant))
  }
}
