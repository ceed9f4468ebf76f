import LoRWeBPictures

/// The canvas sizes of the published training: SDXL's list of 40 resolutions (arXiv 2307.01952, appendix I) scaled to an area.
public enum AspectBuckets {
  /// Width and height at about 1024² pixels, the square first: among equals the earlier one wins.
  static let sdxl: [PictureSize] = {
    let wide = [
      (2048, 512), (1984, 512), (1920, 512), (1856, 512), (1792, 576), (1728, 576), (1664, 576), (1600, 640), (1536, 640),
      (1472, 704), (1408, 704), (1344, 704), (1344, 768), (1280, 768), (1216, 832), (1152, 832), (1152, 896), (1088, 896),
      (1088, 960), (1024, 960),
    ].map { PictureSize(width: $0.0, height: $0.1) }
    // The report's list has 1344×704, but not 704×1344.
    let high = wide.reversed().filter { $0 != PictureSize(width: 1344, height: 704) }.map(\.transposed)
    return [PictureSize(width: 1024, height: 1024)] + wide + high
  }()

  /// Bucket and scale for a picture.
  ///
  /// The list is scaled by min(resolution, ⌊√(w·h)⌋) / 1024, sides floored to whole tokens. The bucket is the one that leaves the
  /// fewest pixels to crop when the picture is scaled to cover it.
  /// - Returns: the bucket, and the size that the picture is scaled to before its middle is cut out; nil if the picture is too
  ///   small for any.
  public static func choice(for picture: PictureSize, resolution: Int) -> (bucket: PictureSize, scaled: PictureSize)? {
    guard let pixels = picture.pixelCount else { return nil }
    let area = min(resolution, Int(Double(pixels).squareRoot().rounded(.down)))
    var best: (bucket: PictureSize, scaled: PictureSize, cropped: Int)?
    for size in sdxl {
      func floored(_ side: Int) -> Int { side * area / 1024 / token * token }
      let bucket = PictureSize(width: floored(size.width), height: floored(size.height))
      guard bucket.width > 0, bucket.height > 0 else { continue }
      if bucket == picture { return (bucket, bucket) }
      let scale = max(Double(bucket.width) / Double(picture.width), Double(bucket.height) / Double(picture.height))
      // Rounding may leave a side one pixel short of the bucket.
      let scaled = PictureSize(
        width: max(bucket.width, Int(Double(picture.width) * scale)),
        height: max(bucket.height, Int(Double(picture.height) * scale)))
      let cropped = (scaled.width - bucket.width) * scaled.height + (scaled.height - bucket.height) * scaled.width
      if best.map({ cropped < $0.cropped }) ?? true { best = (bucket, scaled, cropped) }
    }
    return best.map { ($0.bucket, $0.scaled) }
  }

  /// Side in pixels of a token of the model that was trained so, FLUX.1-Kontext.
  static let token = 16
}
